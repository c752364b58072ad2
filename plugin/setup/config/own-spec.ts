import { readFileSync, statSync } from "node:fs"
import { basename, dirname, isAbsolute, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { isRecord } from "../../mesh/model/is-record.ts"

export const packageName = "opencode-meshfleet"

/** `opencode-meshfleet`, or that name with a version, a tag or a tarball behind an at sign. */
export const isNpmSpec = (spec: string) =>
  spec === packageName || spec.startsWith(`${packageName}@`)

/** What stands behind the at sign. */
export const versionIn = (spec: string) =>
  spec.startsWith(`${packageName}@`) ? spec.slice(packageName.length + 1) : undefined

/** The file or folder that an entry of a configuration in this folder names; OpenCode's rules. */
export const pathIn = (spec: string, folder: string): string | undefined => {
  if (spec.startsWith("file://")) return fileURLToPath(spec)
  return spec.startsWith(".") || isAbsolute(spec) ? resolve(folder, spec) : undefined
}

/** Whether an entry loads Meshfleet: by the package's name, its files, or the folder that holds it. */
export const isOwnSpec =
  (folder: string) =>
  (spec: string): boolean => {
    if (isNpmSpec(spec)) return true
    const path = pathIn(spec, folder)
    return path !== undefined && isOwnPath(path)
  }

/** Also of files that are gone: an entry for them is ours all the same. */
export const isOwnPath = (path: string) =>
  /^meshfleet(-tui)?\.(js|ts)$/.test(basename(path)) || nameOf(path) === packageName

const nameOf = (folder: string) => readManifest(folder)?.["name"]

/** The version of the package that a file or folder belongs to; undefined for a file that stands alone. */
export const versionAt = (path: string): string | undefined => {
  const start = statSync(path, { throwIfNoEntry: false })?.isDirectory() ? path : dirname(path)
  for (const folder of [start, dirname(start)]) {
    const manifest = readManifest(folder)
    if (manifest?.["name"] === packageName) return String(manifest["version"])
  }
  return undefined
}

const readManifest = (folder: string): Record<string, unknown> | undefined => {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
    return isRecord(manifest) ? manifest : undefined
  } catch {
    return undefined
  }
}
