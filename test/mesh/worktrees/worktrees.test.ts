import { afterEach, beforeEach, describe, test } from "bun:test"
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createGitWorktrees } from "../../../plugin/system/git-worktrees.ts"
import { git } from "../../support/run.ts"
import { createFakeWorktrees } from "../support/worktrees.ts"
import { worktreesContract, type WorktreesWorld } from "./worktrees-contract.ts"

describe("git's worktrees", () => {
  let folder: string
  let world: WorktreesWorld

  beforeEach(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "meshfleet-trees-")))
    const repository = join(folder, "shop")
    mkdirSync(join(repository, "web"), { recursive: true })
    await git(repository, "init", "-q")
    writeFileSync(join(repository, "web/b.txt"), "b\n")
    await git(repository, "add", ".")
    await git(repository, "commit", "-qm", "start")
    world = {
      worktrees: createGitWorktrees({ home: join(folder, "mesh"), env: () => process.env }),
      repository,
      outside: folder,
      async work({ path }, { commits, uncommitted }) {
        for (let count = 0; count < commits; count++)
          await git(path, "commit", "-q", "--allow-empty", "-m", `step ${count}`)
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
