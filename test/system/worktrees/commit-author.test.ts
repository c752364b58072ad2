import { afterEach, beforeEach, expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createGit } from "../../../plugin/system/git.ts"
import { createCommitAuthor } from "../../../plugin/system/worktrees/commit-author.ts"

let folder: string
let tree: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "meshfleet-author-")))
  tree = join(folder, "trees/flt_1/digger-1")
  mkdirSync(tree, { recursive: true })
  mkdirSync(join(folder, "home"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A git that knows what stands in a home, and nothing else. */
const gitOf = (more: Record<string, string> = {}) =>
  createGit(() => ({
    PATH: process.env["PATH"],
    HOME: join(folder, "home"),
    GIT_CONFIG_NOSYSTEM: "1",
    // A name that is made up from the machine's is no identity.
    EMAIL: undefined,
    ...more,
  }))
const nobody = () =>
  writeFileSync(join(folder, "home/.gitconfig"), "[user]\n\tuseConfigOnly = true\n")
const author = (git = gitOf()) => createCommitAuthor(git, join(folder, "trees"))

test("an agent in a worktree commits under its own name where git knows nobody", async () => {
  nobody()
  await gitOf()(tree, ["init", "-q"])
  const variables = await author()("digger-1", tree)
  expect(variables).toMatchObject({
    GIT_AUTHOR_NAME: "digger-1 (Meshfleet)",
    GIT_COMMITTER_EMAIL: "digger-1@meshfleet.invalid",
  })
  const git = gitOf(variables)
  expect((await git(tree, ["commit", "-q", "--allow-empty", "-m", "dig"])).ok).toBe(true)
  expect((await git(tree, ["log", "--format=%an <%ae>"])).stdout.trim()).toBe(
    "digger-1 (Meshfleet) <digger-1@meshfleet.invalid>",
  )
})

test("where git knows the person, theirs stays", async () => {
  writeFileSync(
    join(folder, "home/.gitconfig"),
    "[user]\n\tname = Ada\n\temail = ada@example.org\n",
  )
  await gitOf()(tree, ["init", "-q"])
  expect(await author()("digger-1", tree)).toEqual({})
})

test("outside the worktrees of agents nothing is asked or set", async () => {
  const asked: string[] = []
  const git = async (directory: string) => {
    asked.push(directory)
    return { ok: false, stdout: "", complaint: "" }
  }
  expect(await author(git)("digger-1", join(folder, "project"))).toEqual({})
  expect(asked).toEqual([])
  await author(git)("digger-1", tree)
  expect(asked).toEqual([tree])
})
