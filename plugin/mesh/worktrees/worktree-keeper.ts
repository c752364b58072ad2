import { errorText } from "../model/errors.ts"
import { agentById, agentsOfFleet } from "../ledger/tables/agents.ts"
import type { Tx } from "../ledger/port.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import { fleetById } from "../ledger/tables/fleets.ts"
import type { Ledger } from "../ledger/ledger.ts"
import type { WorktreeRow } from "../ledger/tables/rows.ts"
import {
  countWorktree,
  moveWorktree,
  worktreeOf,
  worktreesOfFleet,
} from "../ledger/tables/worktrees.ts"
import { endAgent } from "../lifecycle/outcome.ts"
import type { TreeSetUp } from "./tree-setup.ts"
import { isChanged, type TreeWork, type Worktrees } from "./worktrees.ts"

export interface WorktreeKeeperDeps {
  ledger: Ledger
  worktrees: Worktrees
  /** A write as supervisor of the fleet: nothing once somebody else is. */
  write: (fleetId: string, change: (tx: Tx) => unknown) => Promise<void>
  onError: (error: unknown) => void
}

/**
 * The worktrees of the fleets this process supervises: made before their agents start, and taken
 * away once their fleet has ended, unless somebody worked in them. Every step may be cut short and is
 * taken again by the next supervisor.
 */
export const createWorktreeKeeper = (deps: WorktreeKeeperDeps) => {
  const { ledger, worktrees, write, onError } = deps
  const preparing = new Map<string, Promise<void>>()
  // One after the other: checkouts fight for the same disk, and git for the same locks.
  let last: Promise<void> = Promise.resolve()

  const treeOf = (agentId: string) => ledger.read((db) => worktreeOf(db, agentId))

  const make = async (agentId: string) => {
    const tree = await treeOf(agentId)
    const agent = await ledger.read((db) => agentById(db, agentId))
    if (!tree || !agent || tree.state === "ready") return
    const fleet = (await ledger.read((db) => fleetById(db, tree.fleet_id)))!
    const made = await worktrees
      .create(tree, agent.directory, fleet.directory)
      .catch((error: unknown) => ({ failure: errorText(error) }))
    await write(tree.fleet_id, async (tx) => {
      if (!("failure" in made)) {
        if (await moveWorktree(tx, tree, "ready"))
          await tell(tx, "worktree.created", tree, setUpData(made))
        return
      }
      const current = (await agentById(tx, agentId))!
      if (current.status === "queued" || current.status === "interrupted")
        await endAgent(tx, current, {
          status: "failed",
          failure: { code: "WORKTREE_FAILED", detail: made.failure },
        })
    })
  }

  /** Whether nothing is left to do for this tree. */
  const settleOne = async (tree: WorktreeRow) => {
    if (tree.state === "kept" || tree.state === "removed") return
    const seen = tree.state === "ready" ? await worktrees.inspect(tree) : undefined
    if (seen && isChanged(seen)) return keep(tree, seen)
    // Said before it is done: after a crash nobody takes half a tree for one that its agent emptied.
    const going = { ...tree, state: tree.state === "ready" ? ("removing" as const) : tree.state }
    let isOurs = false
    await write(tree.fleet_id, async (tx) => {
      if ((await fleetById(tx, tree.fleet_id))?.status === "running") return
      if (seen) await countWorktree(tx, tree.agent_id, seen)
      isOurs = await moveWorktree(tx, tree, going.state)
    })
    if (!isOurs) return
    if (!(await worktrees.remove(going))) return keep(going, await worktrees.inspect(going))
    await write(tree.fleet_id, async (tx) => {
      if ((await moveWorktree(tx, going, "removed")) && tree.state !== "wanted")
        await tell(tx, "worktree.removed", tree)
    })
  }

  const keep = (tree: WorktreeRow, seen: TreeWork | undefined) =>
    write(tree.fleet_id, async (tx) => {
      if (seen) await countWorktree(tx, tree.agent_id, seen)
      if (await moveWorktree(tx, tree, "kept")) await tell(tx, "worktree.kept", tree, { ...seen })
    })

  return {
    /** Makes the agent's worktree in the background; asked twice it is made once. */
    prepare(agentId: string): Promise<void> {
      let made = preparing.get(agentId)
      if (made) return made
      made = last
        .then(() => make(agentId))
        .catch(onError)
        .finally(() => preparing.delete(agentId))
      preparing.set(agentId, made)
      last = made
      return made
    },

    /** For a fleet that has ended and whose hosts are gone. What git cannot judge is kept. */
    async settle(fleetId: string) {
      const agents = await ledger.read((db) => agentsOfFleet(db, fleetId))
      await Promise.all(agents.map(({ id }) => preparing.get(id)))
      for (const tree of await ledger.read((db) => worktreesOfFleet(db, fleetId)))
        await settleOne(tree).catch(async (error: unknown) => {
          onError(error)
          return keep((await treeOf(tree.agent_id))!, undefined)
        })
    },
  }
}

export type WorktreeKeeper = ReturnType<typeof createWorktreeKeeper>

const setUpData = ({ commandMs, leftOut }: TreeSetUp) => ({
  ...(commandMs !== undefined && { setup_ms: commandMs }),
  ...(leftOut && { left_out: leftOut }),
})

const tell = (
  tx: Tx,
  type: "worktree.created" | "worktree.kept" | "worktree.removed",
  tree: WorktreeRow,
  more?: Record<string, unknown>,
) =>
  appendEvent(tx, {
    type,
    fleetId: tree.fleet_id,
    agentId: tree.agent_id,
    data: { path: tree.path, branch: tree.branch, ...more },
  })
