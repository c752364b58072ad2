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

/** Whether a process is one of ours that runs models: an OpenCode with a known session, or a host. */
export const ownsSessions = async (
  db: Query,
  { pid, process_start }: { pid: number; process_start: string },
) =>
  (await db.get(
    `SELECT 1 AS found FROM sessions WHERE pid = ? AND process_start = ?
     UNION ALL SELECT 1 FROM hosts WHERE pid = ? AND process_start = ? LIMIT 1`,
    pid,
    process_start,
    pid,
    process_start,
  )) !== undefined
