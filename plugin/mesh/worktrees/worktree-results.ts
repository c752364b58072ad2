import { flatMapInOrder } from "../model/in-order.ts"
import { isEnded } from "../model/agent.ts"
import type { Query, Tx } from "../ledger/port.ts"
import type { Ledger } from "../ledger/ledger.ts"
import type { AgentRow, WorktreeRow } from "../ledger/tables/rows.ts"
import { countWorktree, worktreeOf } from "../ledger/tables/worktrees.ts"
import { isChanged, type TreeWork, type Worktrees } from "./worktrees.ts"

/** What a result tells of its agent's worktree. */
export const describeWorktree = async (db: Query, agent: Pick<AgentRow, "id" | "status">) =>
  showWorktree(agent, await worktreeOf(db, agent.id))

/** The same of one that was read before. */
export const showWorktree = (agent: Pick<AgentRow, "status">, tree: WorktreeRow | undefined) => {
  if (!tree) return {}
  const { path, branch, state, commits, uncommitted, merged } = tree
  if (state === "removed") return { worktree_removed: true, changed: false }
  return {
    worktree_path: path,
    branch,
    ...(merged !== null && { merged: true }),
    ...(commits !== null &&
      uncommitted !== null &&
      isEnded(agent.status) && {
        changed: isChanged({ commits, uncommitted }),
        commits,
        uncommitted,
      }),
  }
}

interface TreeCountsDeps {
  ledger: Ledger
  worktrees: Pick<Worktrees, "inspect">
}

/** Each look is three git processes. */
const atOnce = 8

/** Counts what ended agents did in their worktrees, once per turn: whoever asks first waits for git. */
export const createTreeCounts =
  ({ ledger, worktrees }: TreeCountsDeps) =>
  async (agents: readonly AgentRow[]): Promise<void> => {
    const uncounted = await ledger.read((db) =>
      flatMapInOrder(agents, async (agent) => {
        const tree = isEnded(agent.status) ? await worktreeOf(db, agent.id) : undefined
        return tree?.state === "ready" && (tree.checked_at ?? -1) <= (agent.ended_at ?? 0)
          ? [tree]
          : []
      }),
    )
    const seen: (TreeWork | undefined)[] = []
    for (let done = 0; done < uncounted.length; done += atOnce)
      seen.push(
        ...(await Promise.all(
          uncounted
            .slice(done, done + atOnce)
            .map((tree) => worktrees.inspect(tree).catch(() => undefined)),
        )),
      )
    const counted = uncounted.flatMap((tree, index) => {
      const work = seen[index]
      return work ? [{ tree, work }] : []
    })
    if (counted.length > 0) await ledger.transact((tx) => note(tx, counted))
  }

const note = async (tx: Tx, counted: readonly { tree: WorktreeRow; work: TreeWork }[]) => {
  for (const { tree, work } of counted) await countWorktree(tx, tree.agent_id, work)
}
