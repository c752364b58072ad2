import { existsSync, lstatSync, readlinkSync, realpathSync } from "node:fs"
import { basename, dirname, join, resolve } from "node:path"
import { UnusableConfig } from "../config/plugin-list.ts"

/** Where a file really lies, or would lie: links stay links, and what they name is written. */
export const realPath = (path: string): string => {
  if (existsSync(path)) return realpathSync(path)
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink())
    throw new UnusableConfig(`is a link to ${readlinkSync(path)}, which is not there`)
  const folder = dirname(path)
  return folder === path ? resolve(path) : join(realPath(folder), basename(path))
}
