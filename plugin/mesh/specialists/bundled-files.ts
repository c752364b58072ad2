import { join } from "node:path"
import { splitFrontmatter } from "./file/frontmatter.ts"
import { findMarkdown, nodeFolderFs, registeredDepth, type FolderFs } from "./agent-folder.ts"

/**
 * Files of ours in a folder that OpenCode reads, where it would register every one of them and send
 * their `mesh` block to the provider. Cheap enough for each start, and it never throws.
 */
export const bundledFilesIn = (folder: string, fs: FolderFs = nodeFolderFs): string[] => {
  try {
    return findMarkdown(fs, folder, { depth: registeredDepth }).filter((path) => {
      try {
        const keys = splitFrontmatter(fs.read(join(folder, path)))?.keys
        return keys !== undefined && /^mesh:[ \t]*$/m.test(keys)
      } catch {
        return false
      }
    })
  } catch {
    return []
  }
}
