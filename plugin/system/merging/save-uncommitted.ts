import { copyFile, rename, rm } from "node:fs/promises"
import { existsSync } from "node:fs"
import { join } from "node:path"
import type { Saved } from "../../mesh/merging/merge-trees.ts"
import { entries, restorableIn, statusArgs } from "../worktrees/git-status.ts"
import { type RunGit, said } from "./merge-git.ts"

/** What git leaves in its folder while something is to be finished by hand. */
const unfinished = {
  MERGE_HEAD: "merge",
  "rebase-merge": "rebase",
  "rebase-apply": "rebase",
  CHERRY_PICK_HEAD: "cherry-pick",
  REVERT_HEAD: "revert",
}

/** Adding what is changed in a large tree, filters included. */
const addMs = 600_000

/** What git is in the middle of in the tree that has this git folder. */
export const unfinishedIn = (gitFolder: string): string | undefined =>
  Object.entries(unfinished).find(([name]) => existsSync(join(gitFolder, name)))?.[1]

/**
 * Commits what is changed or new in a tree, but for what git ignores. The new index is made beside the
 * tree's own and takes its place at once, so that a kill at any point leaves either of them, and the
 * next call goes on from there.
 */
export const saveUncommitted = async (
  git: RunGit,
  tree: string,
  message: string,
): Promise<Saved> => {
  const folder = await said(git(tree, ["rev-parse", "--absolute-git-dir"]), "rev-parse")
  const changed = entries({
    ok: true,
    complaint: "",
    stdout: await said(git(tree, statusArgs), "status"),
  })
  const act = unfinishedIn(folder)
  if (act !== undefined) return { files: changed.length, unfinished: act }
  const left = await restorableIn(git, tree, changed)
  const files = changed.length - left.length
  if (files === 0) return { files: 0 }

  const own = join(folder, "meshfleet-index")
  const index = { own: { GIT_INDEX_FILE: own } }
  await rm(`${own}.lock`, { force: true })
  await copyFile(join(folder, "index"), own)
  const but = left.map((path) => `:(exclude,literal)${path}`)
  await said(git(tree, ["add", "-A", "--", ".", ...but], { ...index, timeoutMs: addMs }), "add")
  const content = await said(git(tree, ["write-tree"], index), "write-tree")
  const head = await said(git(tree, ["rev-parse", "HEAD"]), "rev-parse")
  const before = await said(git(tree, ["rev-parse", "HEAD^{tree}"]), "rev-parse")
  if (content === before) {
    // A commit whose index did not come to its place.
    await rename(own, join(folder, "index"))
    return { files: 0 }
  }
  const args = ["commit-tree", content, "-p", head, "-m", message]
  const commit = await said(git(tree, args), "commit-tree")
  const move = ["update-ref", "-m", "meshfleet: uncommitted work", "HEAD", commit, head]
  await said(git(tree, move), "update-ref")
  await rename(own, join(folder, "index"))
  return { commit, files }
}
