import { createHash } from "node:crypto"
import { readFile, realpath, stat } from "node:fs/promises"
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path"
import type { FileLook } from "../../../mesh/worktrees/file-marks.ts"

/** Hashed in a millisecond or two; what is larger is told apart by size and time. */
const hashedBytes = 1 << 20

/** What is told of a file that a tool names. */
export const lookAt = async (directory: string, path: string): Promise<FileLook> => {
  const absolute = await realOf(isAbsolute(path) ? path : resolve(directory, path))
  return {
    path: absolute,
    shown: shownIn(directory, absolute),
    version: await versionOf(absolute),
  }
}

export const shownIn = (directory: string, path: string) => {
  const short = relative(directory, path)
  return short.startsWith("..") ? path : short
}

/** A ledger that is busy for long must not keep a tool's result back. */
export const within = async <T>(ms: number, work: Promise<T>): Promise<T | undefined> => {
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    return await Promise.race([
      work,
      new Promise<undefined>((done) => (timer = setTimeout(() => done(undefined), ms))),
    ])
  } finally {
    clearTimeout(timer)
  }
}

/** A file that is not there yet is named by the folder that is. */
const realOf = async (path: string): Promise<string> => {
  const found = await realpath(path).catch(() => undefined)
  if (found !== undefined || dirname(path) === path) return found ?? path
  return join(await realOf(dirname(path)), basename(path))
}

/** Of a file that is not there. */
export const noVersion = "none"

export const versionOf = async (path: string): Promise<string> => {
  try {
    const { size, mtimeMs } = await stat(path)
    if (size > hashedBytes) return `${size}:${mtimeMs}`
    return createHash("sha1")
      .update(await readFile(path))
      .digest("base64url")
  } catch {
    return noVersion
  }
}
