import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"

export interface FolderEntry {
  name: string
  isFolder: boolean
}

/**
 * Contract: `entries` follows links, holds folders and plain files only, and throws with code ENOENT
 * when there is no such folder; `size` is in bytes. All three may throw at any time.
 */
export interface FolderFs {
  entries(folder: string): readonly FolderEntry[]
  size(path: string): number
  read(path: string): string
}

export const nodeFolderFs: FolderFs = {
  entries: (folder) =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const kind = entry.isSymbolicLink()
        ? statSync(join(folder, entry.name), { throwIfNoEntry: false })
        : entry
      // A pipe has an end only when somebody closes it.
      if (!kind || !(kind.isFile() || kind.isDirectory())) return []
      return [{ name: entry.name, isFolder: kind.isDirectory() }]
    }),
  size: (path) => statSync(path).size,
  read: (path) => readFileSync(path, "utf8"),
}

export interface WalkLimits {
  /** Levels of sub-folders. */
  depth: number
  /** Which sub-folder or file is not for us. */
  skips?: (entry: FolderEntry) => boolean
}

/** OpenCode reads its own folders to any depth; a link that leads back to itself must end somewhere. */
export const registeredDepth = 16

/** A home folder named by mistake must not be read to its end. */
const mostEntries = 20_000

export const isMissing = (error: unknown) =>
  error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")

export const isReadme = ({ name }: FolderEntry) => /^readme\.md$/i.test(name)

const byName = (a: FolderEntry, b: FolderEntry) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)

/** The markdown files below a folder, as paths with "/", in the order of their names. */
export const findMarkdown = (
  fs: FolderFs,
  root: string,
  { depth, skips = () => false }: WalkLimits,
): string[] => {
  let seen = 0
  const walk = (below: string, level: number): string[] =>
    fs
      .entries(join(root, below))
      .toSorted(byName)
      .flatMap((entry) => {
        if (++seen > mostEntries) throw new Error(`more than ${mostEntries} files and folders`)
        if (skips(entry)) return []
        const path = below === "" ? entry.name : `${below}/${entry.name}`
        if (!entry.isFolder) return /\.md$/i.test(entry.name) ? [path] : []
        return level < depth ? walk(path, level + 1) : []
      })
  return walk("", 0)
}
