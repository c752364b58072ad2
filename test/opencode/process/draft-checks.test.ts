import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { createDraftChecks } from "../../../plugin/opencode/process/draft-checks.ts"
import { expectFailure } from "../../mesh/support/errors.ts"
import { git } from "../../support/run.ts"
import { createFakeSessions } from "../support/fake-sessions.ts"

const reviewer = { agent: "code-reviewer", skills: ["review"], aliases: [], title: "Code Reviewer" }
const specialists = {
  find: (name: string) => (name.toLowerCase() === "code-reviewer" ? reviewer : undefined),
  near: (name: string) => (name.startsWith("code") ? ["code-reviewer"] : []),
} as unknown as Parameters<typeof createDraftChecks>[0]["specialists"]

const createChecks = () => {
  const sessions = createFakeSessions()
  const checks = createDraftChecks({ sessions, specialists, directory: "/shop" })
  return { ...checks, agents: sessions.agents_ }
}

test("an agent is OpenCode's own or a specialist, under the name that has it", async () => {
  const checks = createChecks()
  expect(await checks.resolveAgent("build")).toEqual({ agent: "build", skills: [] })
  expect(await checks.resolveAgent("Code-Reviewer")).toEqual({
    agent: "code-reviewer",
    skills: ["review"],
    names: ["Code Reviewer"],
  })
  // The user's own of the same name is what OpenCode would run.
  checks.agents.push({ name: "code-reviewer", mode: "all", permission: [] })
  expect(await checks.resolveAgent("code-reviewer")).toEqual({
    agent: "code-reviewer",
    skills: ["review"],
  })
})

test("an agent nobody has is refused with names that come near, OpenCode's helpers too", async () => {
  const checks = createChecks()
  checks.agents.push({ name: "title", mode: "primary", permission: [] })
  const error = await expectFailure(
    () => checks.resolveAgent("code-reviewr"),
    "UNKNOWN_SPECIALIST",
    "code-reviewr",
    "code-reviewer",
    "build",
  )
  expect(error.detail).not.toContain("title")
  await expectFailure(() => checks.resolveAgent("title"), "UNKNOWN_SPECIALIST", "title")
})

test("a model has to be configured; those of its provider are named", async () => {
  const checks = createChecks()
  await checks.checkModel("fake/m1")
  await expectFailure(() => checks.checkModel("fake/m2"), "UNKNOWN_MODEL", "fake/m2", "fake/m1")
  await expectFailure(() => checks.checkModel("gone"), "UNKNOWN_MODEL", "gone", "fake/m1")
})

test("a directory is looked for from the caller's, and has to be one", async () => {
  const checks = createChecks()
  const here = import.meta.dir
  expect(await checks.checkDirectory("../support", here)).toBe(join(here, "../support"))
  const link = join(mkdtempSync(join(tmpdir(), "meshfleet-link-")), "link")
  symlinkSync(here, link)
  expect(await checks.checkDirectory(link, here)).toBe(here)
  rmSync(dirname(link), { recursive: true })
  for (const path of ["draft-checks.test.ts", "gone"])
    await expectFailure(
      () => checks.checkDirectory(path, here),
      "UNKNOWN_DIRECTORY",
      join(here, path),
    )
})

describe("the folder that a session uses without being asked", () => {
  let folder: string
  const commit = (cwd: string) => git(cwd, "commit", "-q", "--allow-empty", "-m", "one")

  beforeEach(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "meshfleet-folders-")))
    for (const each of ["shop/web", "other/deep", "plain/deep"])
      mkdirSync(join(folder, each), { recursive: true })
    for (const each of ["shop", "other"]) {
      await git(join(folder, each), "init", "-q")
      await commit(join(folder, each))
    }
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const beyond = (path: string, home = "shop") =>
    createChecks().folderBeyond(join(folder, path), [join(folder, home)])

  test("is nothing beyond the project in its tree, seen from anywhere in it, and in its worktrees", async () => {
    await git(join(folder, "shop"), "worktree", "add", "-q", "../tree")
    for (const path of ["shop", "shop/web", "tree"]) {
      expect(await beyond(path)).toBeUndefined()
      expect(await beyond(path, "shop/web")).toBeUndefined()
      expect(await beyond(path, "tree")).toBeUndefined()
    }
  })

  test("is a folder beside it, and of a repository its whole tree", async () => {
    expect(await beyond("plain/deep")).toBe(join(folder, "plain/deep"))
    expect(await beyond("other/deep")).toBe(join(folder, "other"))
    expect(await beyond("shop-2")).toBe(join(folder, "shop-2"))
    expect(await beyond("plain/deep", "plain")).toBeUndefined()
    expect(await beyond("plain", "plain/deep")).toBe(join(folder, "plain"))
  })

  test("is where git is led by what lies in the project", async () => {
    const forged = join(folder, "shop/web")
    await git(forged, "init", "-q")
    await git(forged, "config", "core.worktree", join(folder, "other"))
    expect(await beyond("shop/web")).toBe(join(folder, "other"))
  })
})
