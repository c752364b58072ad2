import { hasChanged } from "./has-changed.ts"
import type { Query, Tx } from "../port.ts"
import { appendEvent } from "./events.ts"
import type { HostRow } from "./rows.ts"

export const insertHost = (
  tx: Tx,
  host: Pick<
    HostRow,
    "id" | "fleet_id" | "nonce_hash" | "directory" | "specialists" | "created_at"
  >,
  starter?: { pid: number; process_start: string },
) =>
  tx.run(
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

export const hostById = (db: Query, id: string) =>
  db.get<HostRow>("SELECT * FROM hosts WHERE id = ?", id)

/** Hosts whose process may still be there. */
export const openHosts = (db: Query, fleetId: string) =>
  db.all<HostRow>(
    "SELECT * FROM hosts WHERE fleet_id = ? AND status <> 'ended' ORDER BY created_at, id",
    fleetId,
  )

/** The same of all fleets. */
export const allOpenHosts = (db: Query) =>
  db.all<HostRow>("SELECT * FROM hosts WHERE status <> 'ended' ORDER BY created_at, id")

/** Whoever started the host knows its process before the process itself has said anything. */
export const recordHostProcess = (
  tx: Tx,
  hostId: string,
  { pid, process_start }: { pid: number; process_start: string },
) =>
  tx.run(
    "UPDATE hosts SET pid = ?, process_start = ? WHERE id = ? AND pid IS NULL",
    pid,
    process_start,
    hostId,
  )

/** A process signs on as the host it was started as, unless another one is that already. */
export const claimHost = (
  tx: Tx,
  host: Pick<HostRow, "id" | "nonce_hash">,
  { pid, process_start }: { pid: number; process_start: string },
) =>
  tx.run(
    `UPDATE hosts SET pid = ?, process_start = ?
     WHERE id = ? AND nonce_hash = ? AND (pid IS NULL OR pid = ?) AND status = 'starting'`,
    pid,
    process_start,
    host.id,
    host.nonce_hash,
    pid,
  )

/** False when it does not start any more. */
export const markHostReady = (tx: Tx, hostId: string) =>
  hasChanged(
    tx.run(
      "UPDATE hosts SET status = 'ready', beat_at = ? WHERE id = ? AND status = 'starting'",
      tx.at,
      hostId,
    ),
  )

/** False when the host was declared dead meanwhile. */
export const recordBeat = (tx: Tx, hostId: string) =>
  hasChanged(
    tx.run(
      "UPDATE hosts SET beat_at = ? WHERE id = ? AND status IN ('starting', 'ready')",
      tx.at,
      hostId,
    ),
  )

/** Of all fleets, those that have ended too. */
export const allHosts = (db: Query) =>
  db.all<Pick<HostRow, "id" | "fleet_id" | "status" | "ended_at">>(
    "SELECT id, fleet_id, status, ended_at FROM hosts",
  )

/** Of running fleets, of all projects: nobody of theirs is at work. */
export const idleHosts = (db: Query) =>
  db.all<HostRow & { idle_since: number }>(
    `SELECT h.*, COALESCE(
         (SELECT max(COALESCE(a.ended_at, a.activity_at, a.created_at)) FROM agents a
          WHERE a.host_id = h.id),
         h.created_at) AS idle_since
     FROM fleets f JOIN hosts h ON h.fleet_id = f.id
     WHERE f.status = 'running' AND h.status = 'ready'
       AND NOT EXISTS (SELECT 1 FROM agents a
                       WHERE a.host_id = h.id AND a.status IN ('starting', 'running'))`,
  )

/** Of running fleets, of all projects: those that come up, go, or went after `since`. */
export const movingHosts = (db: Query, since: number) =>
  db.all<HostRow>(
    `SELECT h.* FROM fleets f JOIN hosts h ON h.fleet_id = f.id
     WHERE f.status = 'running'
       AND (h.status IN ('starting', 'ending') OR (h.status = 'ended' AND h.ended_at > ?))`,
    since,
  )

/** It is to end by itself; nobody is given to it any more. */
export const markEnding = (tx: Tx, hostId: string, cause: string) =>
  tx.run(
    "UPDATE hosts SET status = 'ending', cause = COALESCE(cause, ?) WHERE id = ? AND status = 'ready'",
    cause,
    hostId,
  )

/** Writes the end of a host and its event. The first cause wins: false when it had ended before. */
export const endHost = async (
  tx: Tx,
  host: Pick<HostRow, "id" | "fleet_id" | "pid">,
  cause: string,
) => {
  const { changes } = await tx.run(
    "UPDATE hosts SET status = 'ended', ended_at = ?, cause = COALESCE(cause, ?) WHERE id = ? AND status <> 'ended'",
    tx.at,
    cause,
    host.id,
  )
  if (changes > 0)
    await appendEvent(tx, {
      type: "host.ended",
      fleetId: host.fleet_id,
      data: { host_id: host.id, pid: host.pid, cause },
    })
  return changes > 0
}

/** Of a fleet: ids of all it ever had. */
export const hostIdsOf = async (db: Query, fleetId: string) =>
  (await db.all<{ id: string }>("SELECT id FROM hosts WHERE fleet_id = ?", fleetId)).map(
    ({ id }) => id,
  )

/** Of all projects: those whose process may still be there. */
export const openHostIds = async (db: Query) =>
  (await db.all<{ id: string }>("SELECT id FROM hosts WHERE status <> 'ended'")).map(({ id }) => id)

export const forgetHosts = (tx: Tx, fleetId: string) =>
  tx.run("DELETE FROM hosts WHERE fleet_id = ?", fleetId)
