import { dirname, join } from "node:path"
import { parse, type ParseError } from "jsonc-parser"
import {
  type Config,
  configFromEnv,
  type ConfigProblem,
  parseConfig,
} from "../mesh/model/config.ts"
import { meshHome, userHome } from "./mesh-home.ts"
import { isSettings } from "./config-text.ts"
import { readOptional } from "./optional-files.ts"

import { treeConfigFor } from "./worktree-config.ts"

type Env = Record<string, string | undefined>

export const globalConfigDirectory = (env: Env) =>
  join(env["XDG_CONFIG_HOME"] || join(userHome(env), ".config"), "opencode")

/**
 * `.opencode` folders from the directory up to the file system's root, the outermost first, and in a
 * worktree of ours the one with what it lacks of its project's.
 */
export const projectConfigDirectories = (directory: string, env: Env) => {
  const more = treeConfigFor(meshHome(env), directory)
  const folders: string[] = more ? [more] : []
  for (let folder = directory; ; folder = dirname(folder)) {
    folders.unshift(join(folder, ".opencode"))
    if (dirname(folder) === folder) return folders
  }
}

const lineAt = (text: string, offset: number) => text.slice(0, offset).split("\n").length

/** Plugin options, then `meshfleet.jsonc` (global, then the project's), then MESHFLEET_* variables. */
export const readConfig = (
  directory: string,
  options: Record<string, unknown>,
  env: Env,
): { config: Config; problems: ConfigProblem[] } => {
  const broken: ConfigProblem[] = []
  const files = [globalConfigDirectory(env), ...projectConfigDirectories(directory, env)].flatMap(
    (folder) => {
      const path = join(folder, "meshfleet.jsonc")
      const text = readOptional(path)
      if (text === undefined) return []
      const errors: ParseError[] = []
      const values: unknown = parse(text, errors, { allowTrailingComma: true })
      if (errors.length > 0 || !isSettings(values)) {
        broken.push({
          path,
          problem: `is not valid JSON (near line ${lineAt(text, errors[0]?.offset ?? 0)}); the whole file is ignored`,
        })
        return []
      }
      const { $schema: _, ...settings } = values
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
