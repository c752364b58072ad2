import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { existsSync, readdirSync, readFileSync, renameSync } from "node:fs"
import { join } from "node:path"
import { git } from "../../support/run.ts"
import { createShop, type Shop, write } from "./support.ts"

let shop: Shop
beforeEach(async () => void (shop = await createShop()))
afterEach(() => shop.end())

const removing = <T extends { state: string }>(tree: T) => ({ ...tree, state: "removing" as const })
const configOf = () => readFileSync(join(shop.shop, ".git/config"), "utf8")

describe("a repository with submodules", () => {
  beforeEach(async () => {
    const library = join(shop.folder, "library")
    write(join(library, "l.txt"), "l\n")
    await git(shop.folder, "init", "-q", library)
    await git(library, "add", ".")
    await git(library, "commit", "-qm", "library")
    await git(shop.shop, "submodule", "--quiet", "add", library, "vendor/lib")
    await git(shop.shop, "commit", "-qm", "vendor")
  })

  test("has them in the tree, from the copy the person has", async () => {
    const before = configOf()
    const address = await git(join(shop.shop, "vendor/lib"), "config", "remote.origin.url")
    // Nothing can be fetched: the place it came from is gone.
    renameSync(join(shop.folder, "library"), join(shop.folder, "gone"))
    const { tree, made } = await shop.make(shop.shop)
    expect(made).toEqual({})
    expect(readFileSync(join(tree.path, "vendor/lib/l.txt"), "utf8")).toBe("l\n")
    expect(await git(join(tree.path, "vendor/lib"), "config", "remote.origin.url")).toBe(address)
    expect(configOf()).toBe(before)
    expect(await shop.worktrees.inspect(tree)).toEqual({ commits: 0, uncommitted: 0 })
    expect(await shop.worktrees.remove(removing(tree))).toBe(true)
    expect(existsSync(tree.path)).toBe(false)
  })

  test("keeps a tree whose submodule has a commit of its own, on whatever branch", async () => {
    const { tree } = await shop.make(shop.shop)
    const own = join(tree.path, "vendor/lib")
    const at = await git(own, "rev-parse", "HEAD")
    await git(own, "checkout", "-q", "-b", "idea")
    write(join(own, "idea.txt"), "idea")
    await git(own, "add", ".")
    await git(own, "commit", "-qm", "idea")
    await git(own, "checkout", "-q", at)
    expect(await shop.worktrees.inspect(tree)).toEqual({ commits: 0, uncommitted: 0 })
    expect(await shop.worktrees.remove(removing(tree))).toBe(false)
    expect(await git(own, "log", "-1", "--format=%s", "idea")).toBe("idea")
  })

  test("leaves those empty that are empty in the person's tree", async () => {
    await git(shop.shop, "submodule", "--quiet", "deinit", "-f", "vendor/lib")
    const { tree } = await shop.make(shop.shop)
    expect(readdirSync(join(tree.path, "vendor/lib"))).toEqual([])
    expect(await shop.worktrees.remove(removing(tree))).toBe(true)
  })

  test("may itself be led from a submodule", async () => {
    const lead = join(shop.shop, "vendor/lib")
    const { tree } = await shop.make(lead)
    expect(readFileSync(join(tree.path, "l.txt"), "utf8")).toBe("l\n")
    expect(await git(tree.path, "rev-parse", "--show-toplevel")).toBe(tree.path)
    expect(await git(lead, "status", "--porcelain")).toBe("")
    expect(await shop.worktrees.remove(removing(tree))).toBe(true)
  })
})
