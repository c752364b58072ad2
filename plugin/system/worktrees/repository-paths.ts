import { realpathSync } from "node:fs"
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path"
import { projectOf, treeOf } from "../project.ts"

/**
 * A path as every working tree of its repository calls it: from the root, symbolic links resolved up to
 * the first wildcard. Undefined for what is not of the project.
 */
export const repositoryPath = (
  path: string,
  { directory, project }: { directory: string; project: string },
): string | undefined => {
  const parts = (isAbsolute(path) ? path : join(directory, path)).split(/[\\/]/)
  const wild = parts.findIndex((part) => /[*?]/.test(part))
  const fixed = wild === -1 ? parts : parts.slice(0, wild)
  const rest = wild === -1 ? [] : parts.slice(wild)
  if (rest.includes("..")) return undefined
  const place = realOf(resolve(fixed.join(sep) || sep))
  // A folder may be a repository of its own and still stand in one.
  const trees = [treeOf(place), ...(wild === -1 ? [treeOf(dirname(place))] : [])]
  const root = trees.find((tree) => projectOf(tree) === project) ?? project
  const way = relative(root, place)
  if (way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way)) return undefined
  const names = [...way.split(sep), ...rest].filter((name) => name !== "" && name !== ".")
  return names[0] === ".git" ? undefined : names.join("/")
}

/** What is not there yet is named by the folder that is. */
const realOf = (path: string): string => {
  try {
    return realpathSync(path)
  } catch {
    return dirname(path) === path ? path : join(realOf(dirname(path)), basename(path))
  }
}
