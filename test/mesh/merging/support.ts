import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { advance, undelivered } from "../../../plugin/mesh/ledger/tables/messages.ts"
import type { WorktreeRow } from "../../../plugin/mesh/ledger/tables/rows.ts"
import {
  insertWorktree,
  moveWorktree,
  worktreeOf,
} from "../../../plugin/mesh/ledger/tables/worktrees.ts"
import { createMerges, type MergesDeps } from "../../../plugin/mesh/merging/merges.ts"
import { createGitWorktrees } from "../../../plugin/system/git-worktrees.ts"
import { createGitMergeTrees } from "../../../plugin/system/merging/git-merge-trees.ts"
import { git } from "../../support/run.ts"
import { session } from "../support/callers.ts"
import { createMemoryLeases } from "../support/leases.ts"
import { createMesh } from "../support/mesh.ts"

/**
 * A real repository "shop" whose person is in the middle of something, with hooks that fail, signing that
 * cannot work and an untracked file; and a fleet with a real worktree for each agent.
 */
export const createMergeWorld = async (
  names: readonly string[],
  { inFile = false, ...more }: Partial<MergesDeps> & { inFile?: boolean } = {},
) => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "meshfleet-merge-")))
  const shop = join(folder, "shop")
  const home = join(folder, "mesh")
  mkdirSync(shop)
  await git(shop, "init", "-q", "-b", "main")
  const write = (path: string, text: string) => {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  write(join(shop, "a.txt"), "one\ntwo\nthree\n")
  write(join(shop, "check.sh"), "! grep -rq BROKEN . --include=*.txt\n")
  write(join(shop, ".gitignore"), "*.log\n")
  await git(shop, "add", ".")
  await git(shop, "commit", "-qm", "start")

  const env: Record<string, string | undefined> = { ...process.env, HOME: folder }
  const worktrees = createGitWorktrees({ home, env: () => env })
  const trees = createGitMergeTrees({ home, env: () => env })
  const ledgerFile = join(folder, "mesh.db")
  const mesh = await createMesh({}, { worktrees }, inFile ? ledgerFile : undefined)
  const fleetOptions = { fleet: { directory: shop, project: join(shop, ".git") } }
  await mesh.given(names, fleetOptions)
  const lead = session("ses_lead", {
    directory: shop,
    project: join(shop, ".git"),
    rights: { rules: [{ permission: "*", pattern: "*", action: "allow" }], ask: async () => {} },
  })

  const makeTree = async (name: string) => {
    const agent = await mesh.agent(name)
    const { path, branch } = worktrees.place("flt_1", agent.id, "")
    const base = await git(shop, "rev-parse", "HEAD")
    await mesh.ledger.transact((tx) =>
      insertWorktree(tx, {
        agent_id: agent.id,
        fleet_id: "flt_1",
        repository: join(shop, ".git"),
        path,
        branch,
        base,
      }),
    )
    await git(shop, "worktree", "add", "-q", "-b", branch, path)
    await mesh.ledger.transact((tx) =>
      moveWorktree(tx, { agent_id: agent.id, state: "wanted" }, "ready"),
    )
  }
  const tree = (name: string): Promise<WorktreeRow> =>
    mesh.ledger.read(async (db) => (await worktreeOf(db, (await mesh.agentIn(db, name)).id))!)
  for (const name of names) await makeTree(name)

  const leases = createMemoryLeases()
  const merges = createMerges({
    ...mesh,
    leases: leases.port,
    trees,
    pause: async () => undefined,
    ...more,
  })

  return {
    ...mesh,
    folder,
    ledgerFile,
    home,
    shop,
    env,
    lead,
    leases,
    trees,
    worktrees,
    merges,
    tree,
    makeTree,
    /** A person at work: staged, changed and new files, a stash, hooks that fail, signing that cannot work. */
    async personAtWork() {
      write(join(shop, "stashed.txt"), "for later\n")
      await git(shop, "stash", "push", "-q", "--include-untracked")
      write(join(shop, "staged.txt"), "staged\n")
      await git(shop, "add", "staged.txt")
      write(join(shop, "check.sh"), "exit 9\n")
      write(join(shop, "untracked.txt"), "mine\n")
      for (const name of [
        "pre-commit",
        "post-checkout",
        "post-merge",
        "commit-msg",
        "reference-transaction",
      ]) {
        write(
          join(shop, ".git/hooks", name),
          `#!/bin/sh\ntouch ${join(folder, "hook-ran")}\nexit 1\n`,
        )
        chmodSync(join(shop, ".git/hooks", name), 0o755)
      }
      for (const [name, value] of [
        ["commit.gpgSign", "true"],
        ["gpg.program", "/nowhere/gpg"],
        ["merge.ff", "only"],
        ["rerere.enabled", "true"],
        ["merge.autoStash", "true"],
        ["user.name", "Person"],
        ["user.email", "person@example.org"],
      ] as const)
        await git(shop, "config", name, value)
    },
    /** An agent writes files in its tree, and commits them unless told otherwise. */
    async works(name: string, files: Record<string, string>, { commit = true, end = true } = {}) {
      const { path } = await tree(name)
      for (const [file, text] of Object.entries(files)) write(join(path, file), text)
      if (commit) {
        await git(path, "add", "-A")
        await git(
          path,
          "-c",
          "core.hooksPath=/dev/null",
          "-c",
          "commit.gpgSign=false",
          "commit",
          "-qm",
          `work of ${name}`,
        )
      }
      mesh.clock.advance(1)
      if (end) await mesh.complete(name)
    },
    /** Its mail has been shown to it. */
    read: async (name: string) => {
      const { id } = await mesh.agent(name)
      await mesh.ledger.transact(async (tx) => {
        for (const { recipient, seq } of await undelivered(tx, id))
          await advance(tx, { recipient, seq }, "seen")
      })
    },
    /** Names and states of a report. */
    merge: async (options: Parameters<typeof merges.merge>[2] = {}, caller = lead) => {
      const report = await merges.merge(caller, "flt_1", options)
      return {
        ...report,
        states: Object.fromEntries(report.branches.map(({ name, state }) => [name, state])),
      }
    },
    show: (ref: string, path: string) => git(shop, "show", `${ref}:${path}`),
    log: async (range: string) => (await git(shop, "log", "--format=%s", range)).split("\n"),
    async end() {
      await mesh.end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type MergeWorld = Awaited<ReturnType<typeof createMergeWorld>>
