import { mkdir, rm } from "node:fs/promises"
import { existsSync } from "node:fs"
import { dirname, join } from "node:path"
import type { MergePlace, MergeTree } from "../../mesh/merging/merge-trees.ts"
import { errorText } from "../../mesh/model/errors.ts"
import type { WorktreeRow } from "../../mesh/ledger/tables/rows.ts"
import { setUpOnce, setupOfTree } from "../worktrees/set-up-tree.ts"
import { longMs, type RunGit, said } from "./merge-git.ts"
import { runCheck } from "./run-check.ts"
import { saveUncommitted } from "./save-uncommitted.ts"

interface TreeDeps {
  place: MergePlace
  git: RunGit
  end: () => Promise<void>
  env: () => Record<string, string>
}

/** The tree of its own in which branches come together. */
export const createMergeTree = ({ place, git, end, env }: TreeDeps): MergeTree => {
  const { repository, path } = place

  const commitOf = async (name: string, where = repository) => {
    const found = await git(where, ["rev-parse", "--verify", "--quiet", `${name}^{commit}`])
    return found.ok ? found.stdout.trim() : undefined
  }
  const isIn = async (commit: string, of: string) =>
    (await git(repository, ["merge-base", "--is-ancestor", commit, of])).ok
  const filesOf = (commit: string) =>
    said(git(repository, ["rev-parse", `${commit}^{tree}`]), "rev-parse")
  const move = async (branch: string, to: string, from: string | undefined) =>
    said(
      git(repository, [
        "update-ref",
        "-m",
        "meshfleet: merge",
        `refs/heads/${branch}`,
        to,
        from ?? "",
      ]),
      "update-ref",
    )

  const remove = async () => {
    clean = undefined
    const args = ["worktree", "remove", "--force", "--force", path]
    if (existsSync(path)) await git(repository, args, { timeoutMs: longMs })
    await rm(setupOfTree(path), { recursive: true, force: true })
    if (existsSync(path)) await rm(path, { recursive: true, force: true, maxRetries: 3 })
    await git(repository, ["worktree", "prune"])
  }

  /** Of a tree that is whole: what was cut short is made anew. */
  const reset = async (commit: string) => {
    if (!existsSync(join(path, ".git"))) return false
    const folder = await git(path, ["rev-parse", "--absolute-git-dir"])
    if (!folder.ok) return false
    const gitFolder = folder.stdout.trim()
    // Git's own mark for a tree it has not finished.
    if (existsSync(join(gitFolder, "locked"))) return false
    for (const name of ["index.lock", "HEAD.lock"]) await rm(join(gitFolder, name), { force: true })
    for (const args of [
      ["checkout", "--quiet", "--force", "--detach", commit],
      ["reset", "--quiet", "--hard", commit],
      // What is ignored stays: installed packages are good for the next check too.
      ["clean", "-ffdq"],
    ])
      if (!(await git(path, args, { timeoutMs: longMs })).ok) return false
    return true
  }

  /** The commit at which the tree stands with nothing else in it, as far as we left it so. */
  let clean: string | undefined

  const startAt: MergeTree["startAt"] = async (commit) => {
    if (clean === commit) return
    clean = undefined
    if (!(await reset(commit))) await makeTree(commit)
    clean = commit
  }

  const makeTree = async (commit: string) => {
    await remove()
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    const add = ["worktree", "add", "--quiet", "--detach", path, commit]
    await said(git(repository, add, { timeoutMs: longMs }), "worktree add")
  }

  let known: string | undefined

  return {
    startAt,
    isIn,
    remove,
    async tips() {
      known = await commitOf(`refs/heads/${place.branch}`)
      return { merged: known, squashed: await commitOf(`refs/heads/${place.squashed}`) }
    },

    async save(tree: WorktreeRow, message) {
      if (!existsSync(join(tree.path, ".git"))) return { files: 0 }
      return saveUncommitted(git, tree.path, message)
    },

    async tipsOf(tree: WorktreeRow) {
      const branch = await commitOf(`refs/heads/${tree.branch}`)
      const head = existsSync(join(tree.path, ".git"))
        ? await commitOf("HEAD", tree.path)
        : undefined
      const all = [...new Set([branch, head].filter((each) => each !== undefined))]
      const tips: string[] = []
      for (const tip of all) {
        if (await isIn(tip, tree.base)) continue
        const others = all.filter((other) => other !== tip)
        if (!(await anyOf(others, (other) => isIn(tip, other)))) tips.push(tip)
      }
      return tips
    },

    hasSameFiles: async (commit, other) => (await filesOf(commit)) === (await filesOf(other)),

    async changed(commit, against, files) {
      const base = await git(repository, ["merge-base", against, commit])
      const from = base.ok ? base.stdout.trim() : against
      const args = ["diff", "--name-only", "--no-renames", "-z", from, commit, "--"]
      const out = await said(
        git(repository, [...args, ...files.map((each) => `:(literal)${each}`)]),
        "diff",
      )
      return out.split("\0").filter((each) => each !== "")
    },

    async join(commit, { message, author }) {
      clean = undefined
      const own = { GIT_AUTHOR_NAME: author.name, GIT_AUTHOR_EMAIL: author.email }
      const args = ["merge", "--no-ff", "--quiet", "--no-stat", "--no-verify", "--no-edit"]
      const merge = [...args, "--cleanup=whitespace", "-m", message, commit]
      const merged = await git(path, merge, { own, timeoutMs: longMs })
      if (merged.ok) return { commit: (clean = (await commitOf("HEAD", path))!) }
      const unmerged = await git(path, ["diff", "--name-only", "--diff-filter=U", "-z"])
      const conflicts = unmerged.stdout.split("\0").filter((each) => each !== "")
      if (conflicts.length > 0) return { conflicts: [...new Set(conflicts)] }
      return { failed: `git merge: ${merged.complaint}` }
    },

    tie: async (commit, other, { message }) =>
      said(
        git(repository, [
          ...["commit-tree", await filesOf(commit), "-p", commit, "-p", other],
          ...["-m", message],
        ]),
        "commit-tree",
      ),

    async check(command, { root, subfolder, setup }, signal) {
      clean = undefined
      const directory = join(path, subfolder)
      const run = { directory, env: env(), end, signal }
      try {
        await mkdir(directory, { recursive: true })
        await setUpOnce(setup, { git, project: root, tree: path, ...run })
      } catch (error) {
        // As a check that fails: whether it is the branch's fault is seen without the branch.
        return { ok: false, output: errorText(error) }
      }
      return runCheck(command, run)
    },

    async advance(to) {
      await move(place.branch, to, known)
      known = to
    },

    async squash(from, to) {
      const list = ["rev-list", "--first-parent", "--reverse", `${from}..${to}`]
      const merges = (await said(git(repository, list), "rev-list")).split("\n").filter(Boolean)
      let tip = from
      for (const merge of merges) tip = (await squashOne(merge, tip)) ?? tip
      const before = await commitOf(`refs/heads/${place.squashed}`)
      if (tip !== before) await move(place.squashed, tip, before)
      return tip
    },
  }

  /** The same merge makes the same commit, whenever it is asked for. */
  async function squashOne(merge: string, onto: string): Promise<string | undefined> {
    if ((await filesOf(merge)) === (await filesOf(onto))) return undefined
    const format = ["show", "-s", "--format=%an%n%ae%n%ct%n%B", merge]
    const [author = "", email = "", time = "", ...message] = (
      await said(git(repository, format), "show")
    ).split("\n")
    const date = `@${time} +0000`
    const own = {
      GIT_AUTHOR_NAME: author,
      GIT_AUTHOR_EMAIL: email,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_DATE: date,
    }
    const args = ["commit-tree", await filesOf(merge), "-p", onto, "-m", message.join("\n").trim()]
    return said(git(repository, args, { own }), "commit-tree")
  }
}

const anyOf = async (all: readonly string[], test: (each: string) => Promise<boolean>) => {
  for (const each of all) if (await test(each)) return true
  return false
}
