import { randomUUID } from "node:crypto"
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import type { WorktreeRow } from "../../../plugin/mesh/ledger/tables/rows.ts"
import type { TreeSetup } from "../../../plugin/mesh/worktrees/tree-setup.ts"
import { createGitWorktrees } from "../../../plugin/system/git-worktrees.ts"
import { git } from "../../support/run.ts"

export const write = (path: string, text: string) => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

/** A folder with a repository `shop` in it that ignores `node_modules/`, `.env` and `*.log`. */
export const createShop = async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "meshfleet-tree-setup-")))
  const shop = join(folder, "shop")
  write(join(shop, "a.txt"), "a\n")
  write(join(shop, "web/b.txt"), "b\n")
  write(join(shop, ".gitignore"), "node_modules/\n.env\n*.log\n")
  await git(folder, "init", "-q", shop)
  await git(shop, "add", ".")
  await git(shop, "commit", "-qm", "start")
  const env: Record<string, string | undefined> = { ...process.env }
  const create = (reserveBytes = 0) =>
    createGitWorktrees({ home: join(folder, "mesh"), env: () => env, reserveBytes })
  const worktrees = create()
  // What an agent started is found by its id on the whole machine, where other tests run too.
  const ada = `ada-${randomUUID().slice(0, 8)}`

  /** The row of an agent's tree, as spawning notes it. */
  const rowOf = async (
    from: string,
    { agent = ada, setup }: { agent?: string; setup?: Partial<TreeSetup> } = {},
  ) => {
    const origin = await worktrees.locate(from)
    const place = worktrees.place("flt_1", agent, origin.subfolder)
    const whole = { command: "", commandMs: 60_000, files: [], shared: [], ...setup }
    const tree: WorktreeRow = {
      agent_id: agent,
      fleet_id: "flt_1",
      repository: origin.repository,
      path: place.path,
      branch: place.branch,
      base: origin.commit,
      setup: setup ? JSON.stringify(whole) : null,
      merged: null,
      state: "wanted",
      commits: null,
      uncommitted: null,
      checked_at: null,
    }
    return { tree, directory: place.directory }
  }

  return {
    folder,
    shop,
    env,
    worktrees,
    create,
    rowOf,
    /** Makes an agent's tree, and tells what was done for it. */
    async make(from: string, asked?: Parameters<typeof rowOf>[1]) {
      const { tree, directory } = await rowOf(from, asked)
      const made = await worktrees.create(tree, directory, from)
      return { tree, directory, made }
    },
    end: () => rmSync(folder, { recursive: true, force: true }),
  }
}

export type Shop = Awaited<ReturnType<typeof createShop>>
