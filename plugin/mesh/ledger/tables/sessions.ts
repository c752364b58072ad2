import type { Query, Tx } from "../port.ts"
import type { SessionRow } from "./rows.ts"

export const sessionById = (db: Query, id: string) =>
  db.get<SessionRow>("SELECT * FROM sessions WHERE id = ?", id)

/** Makes a process the owner of a session: from here on only it prompts that session. */
export const claimSession = (tx: Tx, session: SessionRow) =>
  tx.run(
    `INSERT INTO sessions (id, project, agent_id, pid, process_start, updated_at)
     VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET pid = excluded.pid, process_start = excluded.process_start,
       updated_at = excluded.updated_at`,
    session.id,
    session.project,
    session.agent_id,
    session.pid,
    session.process_start,
    session.updated_at,
  )

/** The session is no more: nobody owns it, so whoever adopts its fleets may. */
export const forgetSession = (tx: Tx, id: string) => tx.run("DELETE FROM sessions WHERE id = ?", id)

/** What the start time of an owner begins with that lives, but has closed the session's project. */
const left = "left "

/** Gives up a session: it has no living owner until somebody claims it. */
export const leaveSession = (tx: Tx, id: string, owner: { pid: number; process_start: string }) =>
  tx.run(
    "UPDATE sessions SET process_start = ?, updated_at = ? WHERE id = ? AND pid = ? AND process_start = ?",
    left + owner.process_start,
    tx.at,
    id,
    owner.pid,
    owner.process_start,
  )

/**
 * Whether a process is one of ours that runs models: an OpenCode with a known session, also one that
 * it has left, or a host.
 */
export const ownsSessions = async (
  db: Query,
  { pid, process_start }: { pid: number; process_start: string },
) =>
  (await db.get(
    `SELECT 1 AS found FROM sessions WHERE pid = ? AND process_start IN (?, ?)
     UNION ALL SELECT 1 FROM hosts WHERE pid = ? AND process_start = ? LIMIT 1`,
    pid,
    process_start,
    left + process_start,
    pid,
    process_start,
  )) !== undefined

/** Every process that has a session, whether it lives or not. */
export const sessionOwners = (db: Query) =>
  db.all<Pick<SessionRow, "pid" | "process_start">>(
    "SELECT DISTINCT pid, process_start FROM sessions",
  )

/** Those that an agent had. */
export const forgetSessionsOf = (tx: Tx, agentId: string) =>
  tx.run("DELETE FROM sessions WHERE agent_id = ?", agentId)

/** Sessions of a project that lead nothing and that nobody has opened since `before`. */
export const idleSessions = (db: Query, project: string, before: number, limit: number) =>
  db.all<SessionRow>(
    `SELECT s.* FROM sessions s WHERE s.project = ? AND s.agent_id IS NULL AND s.updated_at < ?
       AND NOT EXISTS (SELECT 1 FROM fleets f WHERE f.lead_session = s.id)
     ORDER BY s.updated_at LIMIT ?`,
    project,
    before,
    limit,
  )
