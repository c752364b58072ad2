import { existsSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

export interface PackageFiles {
  root: string
  /** What a host loads: the same build that this command line is, so that both are of one version. */
  plugin: string
}

/** Where the package lies, seen from dist/meshfleet-cli.js or from plugin/cli. */
export const packageFiles = (self = fileURLToPath(import.meta.url)): PackageFiles => {
  const root = rootOf(dirname(self))
  const bundle = join(root, "dist", "meshfleet.js")
  const source = join(root, "plugin", "meshfleet.ts")
  const [first, second] = self.endsWith(".ts") ? [source, bundle] : [bundle, source]
  return { root, plugin: existsSync(first) ? first : second }
}

const rootOf = (start: string) => {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return folder
    if (dirname(folder) === folder) return dirname(start)
  }
}
