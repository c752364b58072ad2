import { errorText } from "../model/errors.ts"
import { basename, join } from "node:path"
import {
  findMarkdown,
  isMissing,
  isReadme,
  registeredDepth,
  type FolderEntry,
  type FolderFs,
} from "./agent-folder.ts"
import { convertAgentFile } from "./file/convert-agent-file.ts"
import { readEmbeddedAgents, type EmbeddedAgents } from "./embedded-agents.ts"
import { beginsFrontmatter } from "./file/frontmatter.ts"
import { parseRosterAliases } from "./roster-aliases.ts"
import type { Specialist } from "./file/specialist.ts"

/** A checkout's agents/ folder, or what the build put into the bundle; a function is called at first use. */
export type BundledSource = { dir: string } | { embedded: EmbeddedAgents | (() => EmbeddedAgents) }

/**
 * With source project or global, `path` is a configuration folder of OpenCode, or its agent or
 * agents folder; with any other, a folder of agent files such as a clone of agency-agents.
 */
export interface AgentFolder {
  path: string
  source: string
}

export interface CatalogProblem {
  file: string
  problem: string
}

/** No agent's text is as long; in a folder of somebody else's, such a file is something else. */
const largestFile = 256 * 1024

/** Deep enough for division/engine/agent.md. */
const extraDepth = 4

/** A clone has many pages that are no agents; one line about them is enough. */
const mostUnread = 3

const isNoise = (entry: FolderEntry) =>
  entry.isFolder ? entry.name.startsWith(".") || entry.name === "node_modules" : isReadme(entry)
const isRegistered = (source: string) => source === "project" || source === "global"

export interface Layer {
  agents: Specialist[]
  problems: CatalogProblem[]
}

/** Ours, with the aliases of the roster. */
export const readBundled = (fs: FolderFs, bundled: BundledSource): Layer => {
  const problems: CatalogProblem[] = []
  const attempt = <T>(file: string, read: () => T): T | undefined => {
    try {
      return read()
    } catch (error) {
      problems.push({ file, problem: errorText(error) })
      return undefined
    }
  }
  if ("embedded" in bundled) {
    const { embedded } = bundled
    const read = () => readEmbeddedAgents(typeof embedded === "function" ? embedded() : embedded)
    return { agents: attempt("the agents in the bundle", read) ?? [], problems }
  }
  const { dir } = bundled
  const roster = join(dir, "roster.json")
  const names = attempt(dir, () => findMarkdown(fs, dir, { depth: 0, skips: isReadme })) ?? []
  const aliases =
    names.length > 0 ? attempt(roster, () => parseRosterAliases(fs.read(roster))) : undefined
  const agents = names.flatMap((name) => {
    const file = join(dir, name)
    const origin = { source: "bundled", aliases: aliases?.get(name.replace(/\.md$/, "")) ?? [] }
    const one = attempt(file, () => convertAgentFile(name, fs.read(file), origin))
    return one ? [{ ...one, file }] : []
  })
  return { agents, problems }
}

/** The folders OpenCode reads below one of its configuration folders. */
const rootsOf = ({ path, source }: AgentFolder) =>
  !isRegistered(source) || /^agents?$/.test(basename(path))
    ? [path]
    : [join(path, "agent"), join(path, "agents")]

const readRoot = (fs: FolderFs, root: string, source: string): Layer => {
  const registered = isRegistered(source)
  const problems: CatalogProblem[] = []
  const withoutFrontmatter: CatalogProblem[] = []
  const limits = registered ? { depth: registeredDepth } : { depth: extraDepth, skips: isNoise }
  let paths: string[]
  try {
    paths = findMarkdown(fs, root, limits)
  } catch (error) {
    if (registered && isMissing(error)) return { agents: [], problems }
    const problem = isMissing(error) ? "there is no such folder" : errorText(error)
    return { agents: [], problems: [{ file: root, problem }] }
  }
  const agents = paths.flatMap((path): Specialist[] => {
    const file = join(root, path)
    const division = !registered && path.includes("/") ? path.split("/")[0] : undefined
    try {
      if (!registered && fs.size(file) > largestFile)
        throw new Error(`larger than ${largestFile / 1024} KB`)
      const text = fs.read(file)
      if (!registered && !beginsFrontmatter(text)) {
        withoutFrontmatter.push({ file, problem: "no frontmatter: an agent file begins with ---" })
        return []
      }
      const origin = { source, registered, ...(division === undefined ? {} : { division }) }
      return [{ ...convertAgentFile(path, text, origin), file }]
    } catch (error) {
      problems.push({ file, problem: errorText(error) })
      return []
    }
  })
  const unread =
    withoutFrontmatter.length <= mostUnread
      ? withoutFrontmatter
      : [
          {
            file: root,
            problem: `${withoutFrontmatter.length} files have no frontmatter and are no agents`,
          },
        ]
  return { agents, problems: [...problems, ...unread] }
}

/** Every agent of one folder; what cannot be used is a problem of the layer. */
export const readFolder = (fs: FolderFs, folder: AgentFolder): Layer => {
  const layers = rootsOf(folder).map((root) => readRoot(fs, root, folder.source))
  return {
    agents: layers.flatMap(({ agents }) => agents),
    problems: layers.flatMap(({ problems }) => problems),
  }
}
