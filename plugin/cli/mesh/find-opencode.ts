import { accessSync, constants, statSync } from "node:fs"
import { readConfig } from "../../system/config-files.ts"
import { packageFiles } from "./package-files.ts"
import { delimiter, isAbsolute, join, resolve } from "node:path"

export interface OpenCodeSearch {
  /** The setting `opencode`, which MESHFLEET_OPENCODE overrides. */
  configured: string | undefined
  packageRoot: string
  directory: string
  path: string | undefined
  /** Set when OpenCode itself runs this command line in Bun's place. */
  running: string | undefined
}

/** The OpenCode binary as an absolute path, since hosts run in other directories. */
export const findOpenCode = (search: OpenCodeSearch, isProgram = isExecutable): string => {
  const { configured, packageRoot, directory, running } = search
  const onPath = (name: string) =>
    (search.path ?? "")
      .split(delimiter)
      .filter((folder) => folder !== "")
      .map((folder) => resolve(directory, folder, name))
      .find(isProgram)
  // What was configured is taken at its word: a wrong path must show, not be replaced in silence.
  if (configured)
    return configured.includes("/") || isAbsolute(configured)
      ? resolve(directory, configured)
      : (onPath(configured) ?? configured)
  const own = join(packageRoot, "node_modules", ".bin", "opencode")
  return (isProgram(own) ? own : undefined) ?? onPath("opencode") ?? running ?? "opencode"
}

/** The one that hosts of a directory's fleets run. */
export const openCodeOf = ({
  directory,
  env,
  configured = readConfig(directory, {}, env).config.opencode,
}: {
  directory: string
  env: Record<string, string | undefined>
  configured?: string | undefined
}) =>
  findOpenCode({
    configured,
    packageRoot: packageFiles().root,
    directory,
    path: env["PATH"],
    running: env["BUN_BE_BUN"] === "1" ? process.execPath : undefined,
  })

const isExecutable = (path: string) => {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
