import type { AgentStatus } from "../../model/agent.ts"
import type { Query, Tx } from "../port.ts"
import type { FileMarkRow } from "./rows.ts"

export const fileMark = (db: Query, path: string, agentId: string) =>
  db.get<FileMarkRow>("SELECT * FROM file_marks WHERE path = ? AND agent_id = ?", path, agentId)

export const markFile = (tx: Tx, mark: FileMarkRow) =>
  tx.run(
    `INSERT INTO file_marks (path, agent_id, fleet_id, seen_at, seen_version, changed_at)
     VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (path, agent_id) DO UPDATE SET seen_at = excluded.seen_at,
       seen_version = excluded.seen_version,
       changed_at = COALESCE(excluded.changed_at, file_marks.changed_at)`,
    mark.path,
    mark.agent_id,
    mark.fleet_id,
    mark.seen_at,
    mark.seen_version,
    mark.changed_at,
  )

export interface PeerChange {
  agent_id: string
  name: string
  status: AgentStatus
  fleet_id: string
  changed_at: number
}

/** What other agents of the project's running fleets changed in a file after a moment, newest first. */
export const peerChanges = (
  db: Query,
  path: string,
  agent: { id: string; fleet_id: string },
  after: number,
) =>
  db.all<PeerChange>(
    `SELECT m.agent_id, a.name, a.status, a.fleet_id, m.changed_at
     FROM file_marks m JOIN agents a ON a.id = m.agent_id JOIN fleets f ON f.id = m.fleet_id
     WHERE m.path = ? AND m.agent_id <> ? AND m.changed_at > ? AND f.status = 'running'
       AND f.project = (SELECT project FROM fleets WHERE id = ?)
     ORDER BY m.changed_at DESC, m.agent_id`,
    path,
    agent.id,
    after,
    agent.fleet_id,
  )

/**
 * Marks of files that others of the project's running fleets have met, anybody's, the newest first. What
 * lies in a worktree of somebody else is left out: whoever works elsewhere does not change it.
 */
export const marksOfOthersFiles = (db: Query, agentId: string, most: number) =>
  db.all<Pick<FileMarkRow, "path" | "seen_version">>(
    `SELECT m.path, m.seen_version FROM file_marks m
     WHERE m.path IN (SELECT o.path FROM file_marks o JOIN fleets f ON f.id = o.fleet_id
       WHERE o.agent_id <> ? AND f.status = 'running' AND f.project = (SELECT p.project
         FROM agents a JOIN fleets p ON p.id = a.fleet_id WHERE a.id = ?))
       AND NOT EXISTS (SELECT 1 FROM worktrees w JOIN agents me ON me.id = ?
         WHERE w.agent_id <> me.id AND substr(m.path, 1, length(w.path) + 1) = w.path || '/'
           AND substr(me.directory || '/', 1, length(w.path) + 1) <> w.path || '/')
     ORDER BY m.seen_at DESC, m.path LIMIT ?`,
    agentId,
    agentId,
    agentId,
    most,
  )

/** What an agent has changed itself, in the order of its paths. */
export const changedFilesOf = async (db: Query, agentId: string) =>
  (
    await db.all<{ path: string }>(
      "SELECT path FROM file_marks WHERE agent_id = ? AND changed_at IS NOT NULL ORDER BY path",
      agentId,
    )
  ).map(({ path }) => path)

/** What nobody asks about any more: only running fleets are compared. */
export const forgetFiles = (tx: Tx, fleetId: string) =>
  tx.run("DELETE FROM file_marks WHERE fleet_id = ?", fleetId)

export const hasFileMarks = async (db: Query, fleetId: string) =>
  (await db.get("SELECT 1 AS found FROM file_marks WHERE fleet_id = ? LIMIT 1", fleetId)) !==
  undefined
