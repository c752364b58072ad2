import { existsSync, readdirSync } from "node:fs"
import { dirname, join } from "node:path"
import { globalConfigDirectory } from "../../system/config-files.ts"
import { userHome } from "../../system/mesh-home.ts"
import { treeOf } from "../../system/project.ts"

export type Env = Record<string, string | undefined>

/** What loads a plugin: OpenCode's server, by `opencode.json`, or its screen, by `tui.json`. */
export type Part = "server" | "tui"

export interface ConfigPlace {
  path: string
  part: Part
  scope: "global" | "project" | "custom"
}

/** The schema that OpenCode itself writes into a configuration without one. */
export const schemaOf: Record<Part, string> = {
  server: "https://opencode.ai/config.json",
  tui: "https://opencode.ai/tui.json",
}

const baseName: Record<Part, string> = { server: "opencode", tui: "tui" }
const both = (folder: string, part: Part) =>
  [".json", ".jsonc"].map((ending) => join(folder, baseName[part] + ending))

/**
 * Every file in which OpenCode 1.18.33 looks for plugins, in its order; those that are not there too.
 * A list of a global file for the server replaces that of the one before it; all others are joined.
 */
export const configPlaces = (directory: string, env: Env): ConfigPlace[] => [
  ...(["server", "tui"] as const).flatMap((part) => [
    ...globalFiles(env, part).map((path) => ({ path, part, scope: "global" as const })),
    ...customFile(env, part).map((path) => ({ path, part, scope: "custom" as const })),
    ...projectFolders(directory, env).flatMap((folder) =>
      both(folder, part).map((path) => ({ path, part, scope: "project" as const })),
    ),
    ...moreFolders(env).flatMap((folder) =>
      both(folder, part).map((path) => ({ path, part, scope: "custom" as const })),
    ),
  ]),
]

export const globalFiles = (env: Env, part: Part) => {
  const folder = globalConfigDirectory(env)
  return part === "server"
    ? [join(folder, "config.json"), ...both(folder, part)]
    : both(folder, part)
}

const customFile = (env: Env, part: Part) => {
  const path = env[part === "server" ? "OPENCODE_CONFIG" : "OPENCODE_TUI_CONFIG"]
  return path ? [path] : []
}

export const projectIsIgnored = (env: Env) => isSet(env["OPENCODE_DISABLE_PROJECT_CONFIG"])

/** As OpenCode reads its switches. */
export const isSet = (value: string | undefined) => /^(1|true)$/i.test(value ?? "")

/** From the root of the working tree down to the directory, and then their `.opencode` folders. */
const projectFolders = (directory: string, env: Env) => {
  if (projectIsIgnored(env)) return []
  const folders = foldersUpTo(directory, treeOf(directory)).toReversed()
  return [...folders, ...folders.map((folder) => join(folder, ".opencode"))]
}

const moreFolders = (env: Env) => [
  join(userHome(env), ".opencode"),
  ...(env["OPENCODE_CONFIG_DIR"] ? [env["OPENCODE_CONFIG_DIR"]] : []),
]

const foldersUpTo = (directory: string, top: string): string[] => {
  const folders = [directory]
  for (let folder = directory; folder !== top && dirname(folder) !== folder;) {
    folder = dirname(folder)
    folders.push(folder)
  }
  return folders
}

/** Folders in which OpenCode looks for plugins, agents and commands in files of their own. */
export const configFolders = (directory: string, env: Env): string[] => [
  ...new Set([
    globalConfigDirectory(env),
    ...projectFolders(directory, env).filter((folder) => folder.endsWith(".opencode")),
    ...moreFolders(env),
  ]),
]

/** The files in them that OpenCode loads as plugins of its server. */
export const pluginFiles = (directory: string, env: Env): string[] =>
  configFolders(directory, env).flatMap((folder) =>
    ["plugin", "plugins"].flatMap((name) =>
      filesIn(join(folder, name)).filter((path) => /\.(ts|js)$/.test(path)),
    ),
  )

export const filesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder)
      .toSorted()
      .map((name) => join(folder, name))
  } catch {
    return []
  }
}

/** Where a project's configuration may stand that everybody who opens it reads. */
export const sharedFiles = (directory: string, part: Part) => {
  const root = treeOf(directory)
  return [...both(root, part), ...both(join(root, ".opencode"), part)]
}

/** The file of a project that has none yet. OpenCode makes an install of 63 MB in a new `.opencode`. */
export const newSharedFile = (directory: string, part: Part) => {
  const root = treeOf(directory)
  const folder = join(root, ".opencode")
  return join(part === "tui" && existsSync(folder) ? folder : root, `${baseName[part]}.json`)
}
