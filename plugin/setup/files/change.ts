import { randomBytes } from "node:crypto"
import {
  accessSync,
  chmodSync,
  chownSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  rmdirSync,
  statSync,
  writeSync,
} from "node:fs"
import { dirname, join } from "node:path"
import { MeshError } from "../../mesh/model/errors.ts"
import { readOptionalBytes } from "../../system/optional-files.ts"

/** One file as it is, and as it is to be; undefined where there is none. */
export interface Change {
  /** As the user names it; a link's own path. */
  path: string
  /** Where the bytes lie. */
  realPath: string
  before: Buffer | undefined
  after: Buffer | undefined
}

export const refuse = (path: string, why: string, next: string) =>
  new MeshError("CONFIG_UNUSABLE", `${path} ${why}. Nothing was changed.`, next)

/** Throws CONFIG_UNUSABLE for a file that must not be written, before anything is. */
export const checkWritable = ({ path, realPath }: Change) => {
  const folder = existing(dirname(realPath))
  const next = `Make it writable (chmod u+w '${realPath}'), or add the entry yourself.`
  if (existsSync(realPath)) {
    if (!statSync(realPath).isFile()) throw refuse(path, "is no file", "Move it away.")
    // A rename would replace it all the same, and whoever is root may write everything.
    if (!isWritable(realPath)) throw refuse(path, "is read-only", next)
  }
  if (!isWritable(folder))
    throw refuse(path, `cannot be written: its folder ${folder} is read-only`, next)
}

const isWritable = (path: string) => {
  if ((statSync(path).mode & 0o222) === 0) return false
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

const existing = (folder: string): string =>
  existsSync(folder) ? folder : existing(dirname(folder))

/**
 * Writes all of them or none: each by a file beside it that takes its place at once, with its mode and
 * owner.
 */
export const applyChanges = (changes: readonly Change[]) => {
  changes.forEach(checkWritable)
  for (const { path, realPath, before } of changes)
    if (!same(readOptionalBytes(realPath), before))
      throw refuse(path, "was changed by somebody else meanwhile", "Run the command again.")
  const madeFolders: string[] = []
  const done: Change[] = []
  try {
    for (const change of changes) {
      const missing = missingFolders(dirname(change.realPath))
      for (const folder of missing) mkdirSync(folder)
      madeFolders.push(...missing)
      put(change.realPath, change.after)
      done.push(change)
    }
  } catch (error) {
    for (const { realPath, before } of done) put(realPath, before)
    removeEmpty(madeFolders)
    throw error
  }
}

/** Folders of ours, the innermost last; what somebody has put into one keeps it. */
export const removeEmpty = (folders: readonly string[]) => {
  for (const folder of folders.toReversed())
    try {
      rmdirSync(folder)
    } catch {
      // It is in use.
    }
}

const same = (one: Buffer | undefined, other: Buffer | undefined) =>
  one === undefined || other === undefined ? one === other : one.equals(other)

/** Those that are to be made for a file, the innermost last. */
export const missingFolders = (folder: string): string[] =>
  existsSync(folder) ? [] : [...missingFolders(dirname(folder)), folder]

const put = (path: string, bytes: Buffer | undefined) => {
  if (bytes === undefined) return rmSync(path, { force: true })
  const before = statSync(path, { throwIfNoEntry: false })
  const beside = join(dirname(path), `.meshfleet-${randomBytes(6).toString("hex")}`)
  try {
    const file = openSync(beside, "wx", before ? before.mode & 0o7777 : 0o644)
    try {
      writeSync(file, bytes)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    if (before) {
      chmodSync(beside, before.mode & 0o7777)
      if (before.uid !== process.getuid?.()) chownSync(beside, before.uid, before.gid)
    }
    renameSync(beside, path)
  } catch (error) {
    rmSync(beside, { force: true })
    throw error
  }
}
