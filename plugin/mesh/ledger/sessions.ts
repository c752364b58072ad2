import type { Database } from "./driver.ts"
import type { SessionRow } from "./rows.ts"

export const sessionById = (db: Database, id: string) =>
  db.get<SessionRow>("SELECT * FROM sessions WHERE id = ?", id)

/** Makes a process the owner of a session: from here on only it prompts that session. */
export const claimSession = (db: Database, session: SessionRow) =>
  db.run(
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
