import { afterEach, beforeEach, expect, test } from "bun:test"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { sumOfSizes } from "../../../plugin/system/worktrees/tree-size.ts"
import { git } from "../../support/run.ts"
import { createShop, type Shop, write } from "./support.ts"

let shop: Shop
beforeEach(async () => void (shop = await createShop()))
afterEach(() => shop.end())

test("a sparse checkout makes sparse trees, whose size is that of what is there", async () => {
  write(join(shop.shop, "large/file.txt"), "x".repeat(100_000))
  await git(shop.shop, "add", ".")
  await git(shop.shop, "commit", "-qm", "large")
  expect((await shop.worktrees.locate(shop.shop)).bytes).toBeGreaterThan(100_000)
  await git(shop.shop, "sparse-checkout", "set", "web")
  expect((await shop.worktrees.locate(shop.shop)).bytes).toBeLessThan(1000)
  const { tree } = await shop.make(shop.shop)
  expect(existsSync(join(tree.path, "web/b.txt"))).toBe(true)
  expect(existsSync(join(tree.path, "large"))).toBe(false)
  expect(await shop.worktrees.inspect(tree)).toEqual({ commits: 0, uncommitted: 0 })
})

test("sizes are read from git's listing, without what a sparse checkout leaves out", () => {
  const entry = (size: number, flags: string) =>
    `f\n  uid: 0\tgid: 0\n  size: ${size}\tflags: ${flags}\n`
  expect(sumOfSizes(entry(5, "0") + entry(7, "40004000") + entry(11, "8000"))).toBe(16)
  expect(sumOfSizes("something else")).toBe(0)
})
