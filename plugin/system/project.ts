import { realpathSync, statSync } from "node:fs"
import { dirname, isAbsolute, join, resolve } from "node:path"
import { readOptional } from "./optional-files.ts"

/**
 * What a fleet belongs to: the git common directory, the same in every worktree of a repository,
 * else the directory itself. Absolute, symbolic links resolved.
 */
export const projectOf = (directory: string): string => {
  const folder = treeOf(directory)
  const git = join(folder, ".git")
  const kind = kindOf(git)
  if (kind === "directory") return real(git)
  return kind === "file" ? (commonDirectory(git) ?? real(git)) : folder
}

/** The working tree that a directory lies in, else the directory itself. Symbolic links resolved. */
export const treeOf = (directory: string): string => {
  const start = real(directory)
  for (let folder = start; ; folder = dirname(folder)) {
    if (kindOf(join(folder, ".git"))) return folder
    if (dirname(folder) === folder) return start
  }
}

/** A worktree's `.git` is a file that names its git folder, and that one names the common one. */
const commonDirectory = (gitFile: string) => {
  const target = /^gitdir: (.+)$/m.exec(readOptional(gitFile) ?? "")?.[1]
  if (!target) return undefined
  const gitFolder = isAbsolute(target) ? target : resolve(dirname(gitFile), target)
  const common = readOptional(join(gitFolder, "commondir"))?.trim()
  return real(common ? resolve(gitFolder, common) : gitFolder)
}

const kindOf = (path: string) => {
  try {
    return statSync(path).isDirectory() ? "directory" : "file"
  } catch {
    return undefined
  }
}

const real = (path: string) => {
  try {
    return realpathSync(path)
  } catch {
    return resolve(path)
  }
}
