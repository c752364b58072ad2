import { hasChanged } from "./has-changed.ts"
import type { Query, Tx } from "../port.ts"
import type { WorktreeRow, WorktreeState } from "./rows.ts"

export const insertWorktree = (
  tx: Tx,
  tree: Pick<WorktreeRow, "agent_id" | "fleet_id" | "repository" | "path" | "branch" | "base"> &
    Partial<Pick<WorktreeRow, "setup">>,
) =>
  tx.run(
    `INSERT INTO worktrees (agent_id, fleet_id, repository, path, branch, base, setup, state)
     VALUES (?, ?, ?, ?, ?, ?, ?, 'wanted')`,
    tree.agent_id,
    tree.fleet_id,
    tree.repository,
    tree.path,
    tree.branch,
    tree.base,
    tree.setup ?? null,
  )

export const worktreeOf = (db: Query, agentId: string) =>
  db.get<WorktreeRow>("SELECT * FROM worktrees WHERE agent_id = ?", agentId)

export const worktreesOfFleet = (db: Query, fleetId: string) =>
  db.all<WorktreeRow>("SELECT * FROM worktrees WHERE fleet_id = ? ORDER BY agent_id", fleetId)

/** Whether an agent of this lead has a worktree with something in it, or may yet put it there. */
export const leadsTrees = async (db: Query, sessionId: string) =>
  (await db.get(
    `SELECT 1 AS found FROM fleets f JOIN worktrees w ON w.fleet_id = f.id
     WHERE f.lead_session = ? AND f.pruned_at IS NULL AND w.state IN ('wanted', 'ready', 'kept') LIMIT 1`,
    sessionId,
  )) !== undefined

/** Agents that have to wait for their worktree. */
export const unpreparedAgents = async (db: Query, fleetId: string): Promise<Set<string>> =>
  new Set(
    (await worktreesOfFleet(db, fleetId))
      .filter(({ state }) => state !== "ready")
      .map(({ agent_id }) => agent_id),
  )

/** False when it is no longer in the state it was found in. */
export const moveWorktree = (
  tx: Tx,
  { agent_id, state }: Pick<WorktreeRow, "agent_id" | "state">,
  to: WorktreeState,
) =>
  hasChanged(
    tx.run("UPDATE worktrees SET state = ? WHERE agent_id = ? AND state = ?", to, agent_id, state),
  )

export const countWorktree = (
  tx: Tx,
  agentId: string,
  { commits, uncommitted }: { commits: number; uncommitted: number },
) =>
  tx.run(
    "UPDATE worktrees SET commits = ?, uncommitted = ?, checked_at = ? WHERE agent_id = ?",
    commits,
    uncommitted,
    tx.at,
    agentId,
  )

/** False when that was known. */
export const noteMerged = (tx: Tx, agentId: string, commit: string) =>
  hasChanged(
    tx.run(
      "UPDATE worktrees SET merged = ? WHERE agent_id = ? AND (merged IS NULL OR merged <> ?)",
      commit,
      agentId,
      commit,
    ),
  )

/** All that is there, or half there, is the person's from here on: nobody removes it. */
export const keepAllWorktrees = (tx: Tx) =>
  tx.run("UPDATE worktrees SET state = 'kept' WHERE state IN ('wanted', 'ready', 'removing')")

export const forgetWorktrees = (tx: Tx, fleetId: string) =>
  tx.run("DELETE FROM worktrees WHERE fleet_id = ?", fleetId)
