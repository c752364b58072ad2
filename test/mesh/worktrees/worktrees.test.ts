import { afterEach, beforeEach, describe, test } from "bun:test"
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createGitWorktrees } from "../../../plugin/system/git-worktrees.ts"
import { createFakeWorktrees } from "../support/worktrees.ts"
import { worktreesContract, type WorktreesWorld } from "./worktrees-contract.ts"

describe("git's worktrees", () => {
  let folder: string
  let world: WorktreesWorld

  const git = (cwd: string, ...args: string[]) => {
    const identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    const { status, stderr } = spawnSync("git", [...identity, ...args], { cwd, encoding: "utf8" })
    if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`)
  }

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "meshfleet-trees-")))
    const repository = join(folder, "shop")
    mkdirSync(join(repository, "web"), { recursive: true })
    git(repository, "init", "-q")
    writeFileSync(join(repository, "web/b.txt"), "b\n")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "start")
    world = {
      worktrees: createGitWorktrees({ home: join(folder, "mesh"), env: () => process.env }),
      repository,
      outside: folder,
      async work({ path }, { commits, uncommitted }) {
        for (let count = 0; count < commits; count++)
          git(path, "commit", "-q", "--allow-empty", "-m", `step ${count}`)
        for (let count = 0; count < uncommitted; count++)
          writeFileSync(join(path, `new-${count}.txt`), "work\n")
      },
    }
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  for (const [title, run] of Object.entries(worktreesContract)) test(title, () => run(world))
})

describe("the fake worktrees of the unit tests", () => {
  const create = (): WorktreesWorld => {
    const worktrees = createFakeWorktrees()
    return {
      worktrees,
      repository: "/shop",
      outside: "/elsewhere",
      work: async ({ agent_id }, work) => void worktrees.trees.set(agent_id, work),
    }
  }
  for (const [title, run] of Object.entries(worktreesContract)) test(title, () => run(create()))
})
