import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import {
  existsSync,
  lstatSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs"
import { join } from "node:path"
import { processStart } from "../../../plugin/system/processes.ts"
import { git } from "../../support/run.ts"
import { createShop, type Shop, write } from "./support.ts"

let shop: Shop
beforeEach(async () => void (shop = await createShop()))
afterEach(() => shop.end())

const removing = <T extends { state: string }>(tree: T) => ({ ...tree, state: "removing" as const })

describe("the command", () => {
  test("runs once in the agent's directory, and what it printed is kept", async () => {
    const command = "pwd && echo $MESHFLEET_AGENT && echo run >> ../runs.log"
    const { tree, directory, made } = await shop.make(join(shop.shop, "web"), {
      setup: { command },
    })
    expect(made).toEqual({ commandMs: expect.any(Number) })
    const output = join(`${tree.path}.setup`, "output.txt")
    expect(readFileSync(output, "utf8")).toBe(`${directory}\n${tree.agent_id}\n`)
    expect(statSync(output).mode & 0o777).toBe(0o600)
    expect(await shop.worktrees.create(tree, directory, shop.shop)).toEqual({})
    expect(readFileSync(join(tree.path, "runs.log"), "utf8")).toBe("run\n")
  })

  test("runs again for a tree that is made again, and for one whose setup was cut short", async () => {
    const { tree, directory } = await shop.make(shop.shop, {
      setup: { command: "echo run >> runs.log" },
    })
    rmSync(join(`${tree.path}.setup`, "done"))
    await shop.worktrees.create(tree, directory, shop.shop)
    expect(readFileSync(join(tree.path, "runs.log"), "utf8")).toBe("run\nrun\n")
    rmSync(tree.path, { recursive: true })
    await shop.worktrees.create({ ...tree, state: "kept" }, directory, shop.shop)
    expect(readFileSync(join(tree.path, "runs.log"), "utf8")).toBe("run\n")
  })

  test("that fails is told with its exit code and its last words", async () => {
    const command = "seq 100; echo no such package >&2; exit 3"
    await expect(shop.make(shop.shop, { setup: { command } })).rejects.toThrow(
      /worktree_setup "seq 100.*" ended with exit code 3: 97\n98\n99\n100\nno such package$/s,
    )
  })

  test("that takes too long is ended with all it started", async () => {
    const command = `sh -c 'echo $$ > child.log; sleep 600' & wait`
    const asked = { setup: { command, commandMs: 1500 } }
    const { tree } = await shop.rowOf(shop.shop, asked)
    await expect(shop.make(shop.shop, asked)).rejects.toThrow("did not end within 1500 ms")
    const child = Number(readFileSync(join(tree.path, "child.log"), "utf8"))
    expect(processStart(child)).toBeUndefined()
  })

  test("is over when it has ended, whatever it left running and holding its output", async () => {
    const command = "sleep 600 & echo $! > child.log"
    const { tree, made } = await shop.make(shop.shop, { setup: { command } })
    expect(made.commandMs).toBeLessThan(60_000)
    const child = Number(readFileSync(join(tree.path, "child.log"), "utf8"))
    expect(processStart(child)).toBeUndefined()
  })

  test("that floods its output leaves the end of it", async () => {
    const { tree } = await shop.make(shop.shop, {
      setup: { command: "seq 200000; echo the end" },
    })
    const text = readFileSync(join(`${tree.path}.setup`, "output.txt"), "utf8")
    expect(text.length).toBeLessThanOrEqual(64_000)
    expect(text.endsWith("the end\n")).toBe(true)
  })
})

describe("files", () => {
  test("that git ignores are copied, links stay links, and the tree counts as unchanged", async () => {
    write(join(shop.shop, ".env"), "KEY=1\n")
    write(join(shop.folder, "secret"), "of somebody else")
    symlinkSync(join(shop.folder, "secret"), join(shop.shop, "web/x.log"))
    const { tree, made } = await shop.make(shop.shop, {
      setup: { files: [".env", "web/x.log"] },
    })
    expect(made).toEqual({})
    expect(readFileSync(join(tree.path, ".env"), "utf8")).toBe("KEY=1\n")
    expect(readlinkSync(join(tree.path, "web/x.log"))).toBe(join(shop.folder, "secret"))
    expect(await shop.worktrees.inspect(tree)).toEqual({ commits: 0, uncommitted: 0 })
    expect(await shop.worktrees.remove(removing(tree))).toBe(true)
    expect(existsSync(`${tree.path}.setup`)).toBe(false)
    expect(readFileSync(join(shop.shop, ".env"), "utf8")).toBe("KEY=1\n")
  })

  test("that are not there, or that git would see, are left out with the reason", async () => {
    write(join(shop.shop, "draft.txt"), "mine")
    const { tree, made } = await shop.make(shop.shop, {
      setup: { files: ["draft.txt", ".env", "a.txt"] },
    })
    expect(made.leftOut).toEqual([
      "draft.txt: git does not ignore it, so it would count as the agent's work",
      ".env: it is not in the project",
    ])
    expect(existsSync(join(tree.path, "draft.txt"))).toBe(false)
    expect(readFileSync(join(tree.path, "a.txt"), "utf8")).toBe("a\n")
  })
})

test("a shared folder is one of its own whose entries are links", async () => {
  write(join(shop.shop, "node_modules/left/index.js"), "1")
  write(join(shop.shop, "node_modules/right/index.js"), "2")
  const { tree } = await shop.make(shop.shop, { setup: { shared: ["node_modules"] } })
  const own = join(tree.path, "node_modules")
  expect(readFileSync(join(own, "left/index.js"), "utf8")).toBe("1")
  expect(lstatSync(join(own, "left")).isSymbolicLink()).toBe(true)
  expect(await git(tree.path, "status", "--porcelain")).toBe("")
  rmSync(join(own, "right"))
  write(join(own, "middle/index.js"), "3")
  expect(readFileSync(join(shop.shop, "node_modules/right/index.js"), "utf8")).toBe("2")
  expect(existsSync(join(shop.shop, "node_modules/middle"))).toBe(false)
  expect(await shop.worktrees.remove(removing(tree))).toBe(true)
  expect(existsSync(join(shop.shop, "node_modules/left/index.js"))).toBe(true)
})

test("a disk without room gets no tree, and is told what is missing", async () => {
  const { tree, directory } = await shop.rowOf(shop.shop)
  const short = shop.create(2 ** 60)
  await expect(short.create(tree, directory, shop.shop)).rejects.toThrow(
    /have to stay free \(disk_reserve_mb\); the disk has \d+ left/,
  )
  expect(existsSync(tree.path)).toBe(false)
  expect(await git(shop.shop, "branch", "--list", tree.branch)).toBe("")
})

test("a lead in a worktree gives its own commit and files, in the same repository", async () => {
  const side = join(shop.folder, "side")
  await git(shop.shop, "worktree", "add", "-q", "-b", "side", side)
  write(join(side, "side.txt"), "side")
  await git(side, "add", ".")
  await git(side, "commit", "-qm", "side")
  write(join(side, ".env"), "SIDE=1\n")
  const { tree } = await shop.make(side, { setup: { files: [".env"] } })
  expect(tree.repository).toBe(join(shop.shop, ".git"))
  expect(existsSync(join(tree.path, "side.txt"))).toBe(true)
  expect(readFileSync(join(tree.path, ".env"), "utf8")).toBe("SIDE=1\n")
})
