import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import {
  type Catalog,
  type CatalogDeps,
  createCatalog,
} from "../../../plugin/mesh/specialists/catalog.ts"
import { agentText } from "./agent-text.ts"

/** The specialists of this repository. */
export const bundledDir = join(import.meta.dirname, "..", "..", "..", "agents")

/** A folder with these files; one that is left after a failure shows what the test saw. */
export const inFolder = (files: Record<string, string>, use: (root: string) => void) => {
  const root = mkdtempSync(join(tmpdir(), "meshfleet-catalog-"))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  use(root)
  rmSync(root, { recursive: true })
}

export const file = (name: string, description: string, more = "") =>
  `---\nname: ${name}\ndescription: ${description}\n${more}---\nDo the work of ${name}.\n`

const roster = JSON.stringify([
  { agent: "code-reviewer", aliases: ["diff-reader"] },
  { agent: "api-tester", aliases: [] },
])
export const bundle = {
  "bundled/roster.json": roster,
  "bundled/README.md": "# Not an agent\n",
  "bundled/code-reviewer.md": agentText("code-reviewer", "Code Reviewer"),
  "bundled/api-tester.md": agentText("api-tester", "API Tester"),
}
export const catalogOf = (root: string, folders: CatalogDeps["folders"] = []) =>
  createCatalog({
    bundled: { dir: join(root, "bundled") },
    folders: folders.map(({ path, source }) => ({ path: join(root, path), source })),
  })
export const namesIn = (catalog: Catalog) => catalog.list().map(({ agent }) => agent)
