import { afterEach, beforeEach, expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { projectOf } from "../../plugin/system/project.ts"
import { git } from "../support/run.ts"

let folder: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "meshfleet-project-")))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test("every folder, worktree and link of a repository is the same project", async () => {
  const shop = join(folder, "shop")
  mkdirSync(join(shop, "web"), { recursive: true })
  await git(shop, "init", "-q")
  await git(shop, "commit", "-q", "--allow-empty", "-m", "start")
  await git(shop, "worktree", "add", "-q", join(folder, "tree"))
  symlinkSync(shop, join(folder, "link"))
  for (const each of ["shop", "shop/web", "tree", "link/web"])
    expect(projectOf(join(folder, each))).toBe(join(shop, ".git"))
})

test("a repository within another is a project of its own", async () => {
  mkdirSync(join(folder, "outer/inner"), { recursive: true })
  await git(join(folder, "outer"), "init", "-q")
  await git(join(folder, "outer/inner"), "init", "-q")
  expect(projectOf(join(folder, "outer/inner"))).toBe(join(folder, "outer/inner/.git"))
})

test("outside of git the directory itself is the project, existing or not", () => {
  expect(projectOf(folder)).toBe(folder)
  expect(projectOf(join(folder, "gone"))).toBe(join(folder, "gone"))
})
