import { afterEach, beforeEach, expect, test } from "bun:test"
import { chmodSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createGit } from "../../plugin/system/git.ts"

let folder: string
beforeEach(() => void (folder = realpathSync(mkdtempSync(join(tmpdir(), "meshfleet-git-")))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test("git works where it is told to, whatever its environment points at", async () => {
  const git = createGit(() => ({ ...process.env, GIT_DIR: "/elsewhere", GIT_WORK_TREE: "/" }))
  expect((await git(folder, ["init", "-q"])).ok).toBe(true)
  const { ok, stdout } = await git(folder, ["rev-parse", "--show-toplevel"])
  expect([ok, stdout]).toEqual([true, `${folder}\n`])
})

test("a failure is told in git's own words, in English, and never thrown", async () => {
  const git = createGit(() => ({ ...process.env, LC_ALL: "de_DE.UTF-8", LANGUAGE: "de" }))
  const result = await git(folder, ["rev-parse", "HEAD"])
  expect(result).toMatchObject({ ok: false, stdout: "" })
  expect(result.complaint).toContain("not a git repository")
})

test("without a git, or one that hangs, the answer is a failure with its reason", async () => {
  const without = await createGit(() => ({ PATH: folder }))(folder, ["status"])
  expect(without.ok).toBe(false)
  expect(without.complaint).toContain("ENOENT")
  writeFileSync(join(folder, "git"), "#!/bin/sh\nexec /bin/sleep 60\n")
  chmodSync(join(folder, "git"), 0o755)
  const hanging = await createGit(() => ({ PATH: folder }))(folder, ["status"], 50)
  expect(hanging.ok).toBe(false)
  expect(hanging.complaint).toContain("timed out")
})
