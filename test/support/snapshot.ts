import { createHash } from "node:crypto"
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs"
import { join } from "node:path"
import { git } from "./run.ts"

/**
 * All of a repository that is its person's: HEAD, index, configuration, hooks, stash, what git is in the
 * middle of, their branches and tags, and every file of their tree, byte for byte. Not what Meshfleet has
 * of its own there: objects, branches below `meshfleet/`, and the entries of its worktrees.
 */
export const snapshot = async (repository: string): Promise<Record<string, string>> => {
  const gitFolder = join(repository, ".git")
  const own = ["HEAD", "index", "config", "config.worktree", "hooks", "info", "packed-refs"]
  const unfinished = ["MERGE_HEAD", "CHERRY_PICK_HEAD", "rebase-merge", "rr-cache", "FETCH_HEAD"]
  return {
    ...Object.assign({}, ...[...own, ...unfinished].map((name) => bytes(gitFolder, name))),
    ...bytes(gitFolder, "logs/HEAD"),
    ...bytes(gitFolder, "logs/refs/stash"),
    ...Object.assign(
      {},
      ...readdirSync(repository)
        .filter((name) => name !== ".git")
        .map((name) => bytes(repository, name)),
    ),
    refs: await refsOf(repository),
  }
}

const refsOf = async (repository: string) =>
  (await git(repository, "for-each-ref", "--format=%(objectname) %(refname)"))
    .split("\n")
    .filter((line) => !line.includes(" refs/heads/meshfleet/"))
    .join("\n")

const bytes = (root: string, name: string): Record<string, string> => {
  const path = join(root, name)
  if (!existsSync(path) && !lstatSync(path, { throwIfNoEntry: false })) return {}
  const stat = lstatSync(path)
  if (stat.isSymbolicLink()) return { [name]: `link ${readlinkSync(path)}` }
  if (stat.isDirectory())
    return Object.assign(
      { [name]: "folder" },
      ...readdirSync(path).map((each) => bytes(root, `${name}/${each}`)),
    ) as Record<string, string>
  const digest = createHash("sha256").update(readFileSync(path)).digest("hex")
  return { [name]: `${(stat.mode & 0o777).toString(8)} ${stat.mtimeMs} ${digest}` }
}
