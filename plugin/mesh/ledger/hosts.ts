import type { Database } from "./driver.ts"
import type { HostRow } from "./rows.ts"

export const insertHost = (
  db: Database,
  host: Pick<
    HostRow,
    "id" | "fleet_id" | "nonce_hash" | "directory" | "specialists" | "created_at"
  >,
  starter?: { pid: number; process_start: string },
) =>
  db.run(
    `INSERT INTO hosts (id, fleet_id, nonce_hash, directory, specialists, status, created_at,
       starter_pid, starter_start)
     VALUES (?, ?, ?, ?, ?, 'starting', ?, ?, ?)`,
    host.id,
    host.fleet_id,
    host.nonce_hash,
    host.directory,
    host.specialists,
    host.created_at,
    starter?.pid ?? null,
    starter?.process_start ?? null,
  )

export const hostById = (db: Database, id: string) =>
  db.get<HostRow>("SELECT * FROM hosts WHERE id = ?", id)

/** Hosts whose process may still be there. */
export const openHosts = (db: Database, fleetId: string) =>
  db.all<HostRow>(
    "SELECT * FROM hosts WHERE fleet_id = ? AND status <> 'ended' ORDER BY created_at, id",
    fleetId,
  )
