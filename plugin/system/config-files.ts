import { dirname, join } from "node:path"
import { parse, type ParseError } from "jsonc-parser"
import {
  type Config,
  configFromEnv,
  type ConfigProblem,
  parseConfig,
} from "../mesh/model/config.ts"
import { userHome } from "./mesh-home.ts"
import { readOptional } from "./optional-files.ts"

type Env = Record<string, string | undefined>

export const globalConfigDirectory = (env: Env) =>
  join(env["XDG_CONFIG_HOME"] || join(userHome(env), ".config"), "opencode")

/** `.opencode` folders from the directory up to the file system's root, the outermost first. */
export const projectConfigDirectories = (directory: string) => {
  const folders: string[] = []
  for (let folder = directory; ; folder = dirname(folder)) {
    folders.unshift(join(folder, ".opencode"))
    if (dirname(folder) === folder) return folders
  }
}

/** Plugin options, then `meshfleet.jsonc` (global, then the project's), then MESHFLEET_* variables. */
export const readConfig = (
  directory: string,
  options: Record<string, unknown>,
  env: Env,
): { config: Config; problems: ConfigProblem[] } => {
  const broken: ConfigProblem[] = []
  const files = [globalConfigDirectory(env), ...projectConfigDirectories(directory)].flatMap(
    (folder) => {
      const path = join(folder, "meshfleet.jsonc")
      const text = readOptional(path)
      if (text === undefined) return []
      const errors: ParseError[] = []
      const values: unknown = parse(text, errors, { allowTrailingComma: true })
      if (errors.length > 0 || typeof values !== "object" || values === null) {
        broken.push({
          path,
          problem: `is not valid JSON (near character ${errors[0]?.offset ?? 0}); it is ignored`,
        })
        return []
      }
      const { $schema: _, ...settings } = values as Record<string, unknown>
      return [{ from: path, values: settings }]
    },
  )
  const { config, problems } = parseConfig([
    { from: "plugin options", values: options },
    ...files,
    { from: "environment", values: configFromEnv(env) },
  ])
  return { config, problems: [...broken, ...problems] }
}
