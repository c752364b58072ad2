import { hasChanged } from "../has-changed.ts"
import type { Query, Tx } from "../../port.ts"

export const reservationModes = ["exclusive", "shared"] as const
export type ReservationMode = (typeof reservationModes)[number]

/** Files that an agent has reserved for a while. */
export interface ReservationRow {
  agent_id: string
  /** From the root of the repository, the same in each of its working trees. */
  pattern: string
  fleet_id: string
  mode: ReservationMode
  reason: string
  created_at: number
  until: number
}

/** With its holder as others call it. */
export interface HeldRow extends ReservationRow {
  name: string
}

/** What holds in a project at an instant, the oldest first. */
export const heldIn = (db: Query, project: string, at: number) =>
  db.all<HeldRow>(
    `SELECT r.*, a.name FROM reservations r JOIN agents a ON a.id = r.agent_id
       JOIN fleets f ON f.id = r.fleet_id
     WHERE f.project = ? AND f.status = 'running' AND r.until > ?
       AND a.status NOT IN ('failed', 'cancelled')
     ORDER BY r.created_at, r.agent_id, r.pattern`,
    project,
    at,
  )

export const reservationsOfAgent = (db: Query, agentId: string) =>
  db.all<ReservationRow>("SELECT * FROM reservations WHERE agent_id = ? ORDER BY pattern", agentId)

export const reservationsOfFleet = (db: Query, fleetId: string) =>
  db.all<ReservationRow>(
    "SELECT * FROM reservations WHERE fleet_id = ? ORDER BY agent_id, pattern",
    fleetId,
  )

/** Those of a project whose time is over. */
export const expiredIn = (db: Query, project: string, at: number) =>
  db.all<ReservationRow>(
    `SELECT r.* FROM reservations r JOIN fleets f ON f.id = r.fleet_id
     WHERE f.project = ? AND r.until <= ? ORDER BY r.agent_id, r.pattern`,
    project,
    at,
  )

/** What the agent had of the same pattern is replaced. */
export const writeReservation = (tx: Tx, row: Omit<ReservationRow, "created_at">) =>
  tx.run(
    `INSERT INTO reservations (agent_id, pattern, fleet_id, mode, reason, created_at, until)
     VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (agent_id, pattern) DO UPDATE SET mode = excluded.mode,
       reason = excluded.reason, until = excluded.until`,
    row.agent_id,
    row.pattern,
    row.fleet_id,
    row.mode,
    row.reason,
    tx.at,
    row.until,
  )

export const dropReservation = (
  tx: Tx,
  { agent_id, pattern }: Pick<ReservationRow, "agent_id" | "pattern">,
) =>
  hasChanged(
    tx.run("DELETE FROM reservations WHERE agent_id = ? AND pattern = ?", agent_id, pattern),
  )

export const forgetReservations = (tx: Tx, fleetId: string) =>
  tx.run("DELETE FROM reservations WHERE fleet_id = ?", fleetId)
