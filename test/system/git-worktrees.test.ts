import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { spawn } from "node:child_process"
import { once } from "node:events"
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { WorktreeRow, WorktreeState } from "../../plugin/mesh/ledger/tables/rows.ts"
import { createGitWorktrees } from "../../plugin/system/git-worktrees.ts"
import { processStart } from "../../plugin/system/processes.ts"
import { projectOf } from "../../plugin/system/project.ts"
import { expectFailure } from "../mesh/support/errors.ts"
import { git } from "../support/run.ts"

let folder: string
let shop: string
let worktrees: ReturnType<typeof createGitWorktrees>
let env: Record<string, string | undefined>

const write = (path: string, text: string) => writeFileSync(path, text)

beforeEach(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "meshfleet-trees-")))
  shop = join(folder, "shop")
  mkdirSync(join(shop, "web"), { recursive: true })
  await git(shop, "init", "-q")
  write(join(shop, "a.txt"), "a\n")
  write(join(shop, "web/b.txt"), "b\n")
  write(join(shop, ".gitignore"), "*.log\n")
  write(join(shop, "opencode.json"), '{"model": "fake/m1"}\n')
  await git(shop, "add", ".")
  await git(shop, "commit", "-qm", "start")
  env = { ...process.env }
  worktrees = createGitWorktrees({ home: join(folder, "mesh"), env: () => env })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const row = async (state: WorktreeState = "wanted", directory = shop) => {
  const origin = await worktrees.locate(directory)
  const place = worktrees.place("flt_1", "explorer-7k2m", origin.subfolder)
  const tree: WorktreeRow = {
    agent_id: "explorer-7k2m",
    fleet_id: "flt_1",
    repository: origin.repository,
    path: place.path,
    branch: place.branch,
    base: origin.commit,
    setup: null,
    state,
    commits: null,
    uncommitted: null,
    checked_at: null,
    merged: null,
  }
  return { tree, directory: place.directory }
}
const made = async (directory = shop) => {
  const { tree, directory: own } = await row("wanted", directory)
  await worktrees.create(tree, own, shop)
  return { ...tree, state: "ready" as const, own }
}
const removing = (tree: WorktreeRow): WorktreeRow => ({ ...tree, state: "removing" })
const branches = async () => (await git(shop, "branch", "--format=%(refname:short)")).split("\n")
const listed = async () =>
  (await git(shop, "worktree", "list", "--porcelain")).match(/^worktree /gm)!.length

describe("a worktree", () => {
  test("is a checkout of HEAD on a branch of its own, for nobody else to read, in the same project", async () => {
    write(join(shop, "a.txt"), "not committed\n")
    const tree = await made(join(shop, "web"))
    expect(tree.path).toBe(join(folder, "mesh/worktrees/flt_1/explorer-7k2m"))
    expect(readFileSync(join(tree.path, "a.txt"), "utf8")).toBe("a\n")
    expect(readFileSync(join(tree.own, "b.txt"), "utf8")).toBe("b\n")
    expect(await git(tree.path, "branch", "--show-current")).toBe("meshfleet/flt_1/explorer-7k2m")
    expect(projectOf(tree.own)).toBe(projectOf(shop))
    for (const each of ["mesh/worktrees", "mesh/worktrees/flt_1"])
      expect(statSync(join(folder, each)).mode & 0o777).toBe(0o700)
    expect((await worktrees.locate(shop)).uncommitted).toBe(1)
  })

  test("begins where a linked worktree stands, when the lead works in one", async () => {
    await git(shop, "worktree", "add", "-q", "-b", "feature", join(folder, "linked"))
    await git(join(folder, "linked"), "commit", "-q", "--allow-empty", "-m", "more")
    const tree = await made(join(folder, "linked"))
    await git(shop, "worktree", "remove", join(folder, "linked"))
    expect(await git(tree.path, "log", "-1", "--format=%s")).toBe("more")
    expect(await worktrees.remove(removing(tree))).toBe(true)
  })

  test("has its sub-folder even if nothing in it is committed", async () => {
    mkdirSync(join(shop, "drafts"))
    expect(existsSync((await made(join(shop, "drafts"))).own)).toBe(true)
  })

  test("is refused outside of a repository and before its first commit", async () => {
    await expectFailure(() => worktrees.locate(folder), "NO_REPOSITORY", folder)
    const empty = join(folder, "empty")
    mkdirSync(empty)
    await git(empty, "init", "-q")
    await expectFailure(() => worktrees.locate(empty), "NO_REPOSITORY", "without a commit")
  })

  test("is that of its directory, whatever git's variables say where OpenCode was started", async () => {
    env = { ...env, GIT_DIR: join(folder, "other/.git"), GIT_INDEX_FILE: "/nowhere" }
    expect((await made()).repository).toBe(join(shop, ".git"))
  })

  test("that git cannot make is told in git's words", async () => {
    const { tree, directory } = await row()
    const absent = { ...tree, base: "0".repeat(39) + "1" }
    await expect(worktrees.create(absent, directory, shop)).rejects.toThrow(
      /^git worktree add: .*fatal: not a valid branch point/,
    )
    env = { PATH: folder }
    await expect(worktrees.create(tree, directory, shop)).rejects.toThrow(
      /^git worktree add: .*git/,
    )
  })
})

describe("making it again", () => {
  test("takes what is complete as it is, with the work in it", async () => {
    const tree = await made()
    write(join(tree.path, "new.txt"), "work\n")
    for (const state of ["wanted", "kept"] as const)
      await worktrees.create({ ...tree, state }, tree.own, shop)
    expect(readFileSync(join(tree.path, "new.txt"), "utf8")).toBe("work\n")
  })

  test("clears what a supervisor left that was killed in the middle, its git included", async () => {
    const { tree, directory } = await row()
    // A filter of the repository holds git where a kill would meet it: half of the files are there.
    const reached = join(folder, "reached")
    const filter = `sh -c 'echo $$ > ${reached}.tmp; mv ${reached}.tmp ${reached}; exec sleep 60'`
    await git(shop, "config", "filter.slow.smudge", filter)
    write(join(shop, ".git/info/attributes"), "web/b.txt filter=slow\n")
    const module = join(import.meta.dir, "../../plugin/system/git-worktrees.ts")
    const supervisor = spawn(
      process.execPath,
      [
        "-e",
        `const { createGitWorktrees } = await import(${JSON.stringify(module)})
         await createGitWorktrees({ home: ${JSON.stringify(join(folder, "mesh"))}, env: () => process.env })
           .create(${JSON.stringify(tree)}, ${JSON.stringify(directory)}, ${JSON.stringify(shop)})`,
      ],
      { stdio: ["ignore", "ignore", "inherit"] },
    )
    while (!existsSync(reached)) await new Promise((resolve) => setTimeout(resolve, 10))
    supervisor.kill("SIGKILL")
    await once(supervisor, "exit")
    await git(shop, "config", "--unset", "filter.slow.smudge")
    expect(existsSync(join(tree.path, "web/b.txt"))).toBe(false)
    await worktrees.create(tree, directory, shop)
    expect(processStart(Number(readFileSync(reached, "utf8")))).toBeUndefined()
    expect(readFileSync(join(tree.path, "web/b.txt"), "utf8")).toBe("b\n")
    expect(await worktrees.inspect(tree)).toEqual({ commits: 0, uncommitted: 0 })
  })

  test("of a kept one that the person took away begins at its branch", async () => {
    const tree = await made()
    await git(tree.path, "commit", "-q", "--allow-empty", "-m", "work")
    await git(shop, "worktree", "remove", tree.path)
    await worktrees.create({ ...tree, state: "kept" }, tree.own, shop)
    expect(await git(tree.path, "log", "-1", "--format=%s")).toBe("work")
  })

  test("never clears away what lies at a kept one's path", async () => {
    const tree = await made()
    rmSync(join(tree.path, ".git"))
    await expect(worktrees.create({ ...tree, state: "kept" }, tree.own, shop)).rejects.toThrow(
      "is no worktree of",
    )
    expect(existsSync(join(tree.path, "a.txt"))).toBe(true)
  })
})

describe("what was done in it", () => {
  test("is its commits and its files that are not committed, ignored ones left out", async () => {
    const tree = await made()
    expect(await worktrees.inspect(tree)).toEqual({ commits: 0, uncommitted: 0 })
    write(join(tree.path, "a.txt"), "changed\n")
    await git(tree.path, "commit", "-qam", "work")
    write(join(tree.path, "new.txt"), "new\n")
    write(join(tree.path, "x.log"), "ignored\n")
    rmSync(join(tree.path, "web/b.txt"))
    expect(await worktrees.inspect(tree)).toEqual({ commits: 1, uncommitted: 2 })
  })

  test("counts commits of its branch when its agent has left that, and those of no branch", async () => {
    const tree = await made()
    await git(tree.path, "commit", "-q", "--allow-empty", "-m", "on the branch")
    await git(tree.path, "checkout", "-q", "--detach", tree.base)
    expect(await worktrees.inspect(tree)).toEqual({ commits: 1, uncommitted: 0 })
    await git(tree.path, "commit", "-q", "--allow-empty", "-m", "on none")
    expect(await worktrees.inspect(tree)).toEqual({ commits: 2, uncommitted: 0 })
  })

  test("does not count the line that OpenCode writes into a configuration without a schema", async () => {
    const tree = await made()
    const config = join(tree.path, "opencode.json")
    const schema = '{\n  "$schema": "https://opencode.ai/config.json",\n  "model": "fake/m1"\n}\n'
    write(config, schema)
    expect(await worktrees.inspect(tree)).toEqual({ commits: 0, uncommitted: 0 })
    write(config, schema.replace("m1", "m2"))
    expect(await worktrees.inspect(tree)).toEqual({ commits: 0, uncommitted: 1 })
    write(config, schema)
    expect(await worktrees.remove(removing(tree))).toBe(true)
  })

  test("is unknown when it is gone", async () => {
    expect(await worktrees.inspect((await row()).tree)).toBeUndefined()
  })
})

describe("removing", () => {
  test("takes the tree and its branch away, ignored files too, once or twice", async () => {
    const tree = await made()
    write(join(tree.path, "x.log"), "ignored\n")
    for (const _ of [1, 2]) {
      expect(await worktrees.remove(removing(tree))).toBe(true)
      expect([existsSync(tree.path), (await branches()).length, await listed()]).toEqual([
        false,
        1,
        1,
      ])
    }
  })

  test("keeps a tree with work in it, and its branch", async () => {
    const tree = await made()
    write(join(tree.path, "new.txt"), "new\n")
    expect(await worktrees.remove(removing(tree))).toBe(false)
    await git(tree.path, "add", ".")
    await git(tree.path, "commit", "-qm", "work")
    expect(await worktrees.remove(removing(tree))).toBe(false)
    expect([readFileSync(join(tree.path, "new.txt"), "utf8"), (await branches()).length]).toEqual([
      "new\n",
      2,
    ])
  })

  test("that was cut short is finished: files are missing, or git's own file is", async () => {
    const tree = await made()
    rmSync(join(tree.path, "a.txt"))
    expect(await worktrees.remove(removing(tree))).toBe(true)
    await worktrees.create({ ...tree, state: "removed" }, tree.own, shop)
    rmSync(join(tree.path, ".git"))
    expect(await worktrees.remove(removing(tree))).toBe(true)
    expect([existsSync(tree.path), (await branches()).length, await listed()]).toEqual([
      false,
      1,
      1,
    ])
  })

  test("that was cut short is finished before an agent gets the tree again", async () => {
    const tree = await made()
    rmSync(join(tree.path, "a.txt"))
    await worktrees.create(removing(tree), tree.own, shop)
    expect(readFileSync(join(tree.path, "a.txt"), "utf8")).toBe("a\n")
  })

  test("leaves the branch of a tree that is gone when there are commits on it", async () => {
    const tree = await made()
    await git(tree.path, "commit", "-q", "--allow-empty", "-m", "work")
    rmSync(tree.path, { recursive: true })
    expect(await worktrees.remove(removing(tree))).toBe(false)
    expect(await branches()).toContain(tree.branch)
  })
})

test("files that a filter keeps elsewhere, as LFS does, come as it gives them, or nothing comes", async () => {
  const smudge = (command: string) => git(shop, "config", "filter.lfs.smudge", command)
  await git(shop, "config", "filter.lfs.clean", "sed s/content/pointer/")
  await git(shop, "config", "filter.lfs.required", "true")
  await smudge("sed s/pointer/content/")
  write(join(shop, ".gitattributes"), "*.bin filter=lfs\n")
  write(join(shop, "large.bin"), "pointer\n")
  await git(shop, "add", ".")
  await git(shop, "commit", "-qm", "large")
  const tree = await made()
  expect(readFileSync(join(tree.path, "large.bin"), "utf8")).toBe("content\n")
  expect(await worktrees.remove({ ...tree, state: "removing" })).toBe(true)
  await smudge("meshfleet-no-such-filter")
  await expect(made()).rejects.toThrow(/smudge filter lfs failed/)
  expect(await worktrees.remove({ ...tree, state: "wanted" })).toBe(true)
  expect(existsSync(tree.path)).toBe(false)
})
