import { afterEach, beforeEach, expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { hasBranch } from "../../../plugin/system/merging/has-branch.ts"
import { git } from "../../support/run.ts"

let shop: string
beforeEach(async () => {
  shop = mkdtempSync(join(tmpdir(), "meshfleet-branch-"))
  await git(shop, "init", "-q")
  await git(shop, "commit", "-q", "--allow-empty", "-m", "start")
  await git(shop, "branch", "meshfleet/flt_1/ada-1")
})
afterEach(() => rmSync(shop, { recursive: true, force: true }))

test("a branch is there until it is deleted, packed or not", async () => {
  const isThere = () => hasBranch(join(shop, ".git"), "meshfleet/flt_1/ada-1")
  expect(isThere()).toBe(true)
  await git(shop, "pack-refs", "--all")
  expect(isThere()).toBe(true)
  expect(hasBranch(join(shop, ".git"), "ada-1")).toBe(false)
  await git(shop, "branch", "-D", "meshfleet/flt_1/ada-1")
  expect(isThere()).toBe(false)
})

test("where git keeps its refs otherwise, nothing is taken for gone", () => {
  mkdirSync(join(shop, ".git/reftable"))
  expect(hasBranch(join(shop, ".git"), "gone")).toBe(true)
})
