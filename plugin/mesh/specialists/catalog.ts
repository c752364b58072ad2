import { nodeFolderFs, type FolderFs } from "./agent-folder.ts"
import { toSlug } from "./file/convert-agent-file.ts"
import { indexNames, mergeLayers, namesOf } from "./merge-layers.ts"
import { nearNames } from "./near-names.ts"
import {
  readBundled,
  readFolder,
  type AgentFolder,
  type BundledSource,
  type CatalogProblem,
} from "./read-layers.ts"
import { searchSpecialists } from "./search-specialists.ts"
import type { Specialist } from "./file/specialist.ts"

export type { AgentFolder, BundledSource, CatalogProblem } from "./read-layers.ts"

export interface CatalogDeps {
  bundled: BundledSource
  /** In the order of precedence where they have the same source. */
  folders: readonly AgentFolder[]
  fs?: FolderFs
}

const rank = ({ source }: AgentFolder) => (source === "project" ? 0 : source === "global" ? 1 : 2)

const bySlug = (a: Specialist, b: Specialist) => (a.agent < b.agent ? -1 : 1)

/**
 * Every specialist that can be chosen: the project's over the global ones, over those of further
 * folders, over the bundled. Nothing is read before the first question, and nothing twice. A file
 * that cannot be used is a problem, never a failure.
 */
export const createCatalog = ({ bundled, folders, fs = nodeFolderFs }: CatalogDeps) => {
  const load = () => {
    const layers = folders.toSorted((a, b) => rank(a) - rank(b)).map((each) => readFolder(fs, each))
    const { agents, problems } = mergeLayers([...layers, readBundled(fs, bundled)])
    let index: ReturnType<typeof indexNames> | undefined
    const indexed = () => (index ??= indexNames(agents))
    return { agents: agents.toSorted(bySlug), problems, indexed }
  }
  let kept: ReturnType<typeof load> | undefined
  const loaded = () => (kept ??= load())

  return {
    /** Sorted by slug. */
    list: (): readonly Specialist[] => loaded().agents,
    /** By slug, alias, or title, in any case. */
    find(nameOrAlias: string): Specialist | undefined {
      const name = nameOrAlias.trim()
      const index = loaded().indexed()
      return index.get(name) ?? index.get(name.toLowerCase()) ?? index.get(toSlug(name))
    },
    /** The slugs whose names, aliases or titles come closest to a name that nobody has. */
    near: (name: string, limit?: number): string[] =>
      nearNames(
        name,
        loaded().agents.map((one) => ({ agent: one.agent, names: namesOf(one) })),
        limit,
      ),
    search: (query: string | undefined, division: string | undefined, limit: number) =>
      searchSpecialists(loaded().agents, query, division, limit),
    problems: (): readonly CatalogProblem[] => loaded().problems,
  }
}

export type Catalog = ReturnType<typeof createCatalog>
