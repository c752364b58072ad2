import { hasChanged } from "../has-changed.ts"
import type { Query, Tx } from "../../port.ts"

export interface RatificationRow {
  /** The proposal. */
  message_id: string
  fleet_id: string
  subject: string
  quorum: number
  /** As JSON of `Voter[]`. */
  voters: string
  silence_policy: "abstain" | "approve"
  deadline_at: number | null
  status: "open" | "ratified" | "rejected" | "expired"
  opened_at: number
  resolved_at: number | null
}

export const insertRatification = (
  tx: Tx,
  ratification: Omit<RatificationRow, "status" | "opened_at" | "resolved_at">,
) =>
  tx.run(
    `INSERT INTO ratifications (message_id, fleet_id, subject, quorum, voters, silence_policy,
       deadline_at, status, opened_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, 'open', ?)`,
    ratification.message_id,
    ratification.fleet_id,
    ratification.subject,
    ratification.quorum,
    ratification.voters,
    ratification.silence_policy,
    ratification.deadline_at,
    tx.at,
  )

export const ratificationById = (db: Query, messageId: string) =>
  db.get<RatificationRow>("SELECT * FROM ratifications WHERE message_id = ?", messageId)

/** Those of a fleet that are open, oldest first. */
export const openRatifications = (db: Query, fleetId: string) =>
  db.all<RatificationRow>(
    `SELECT r.* FROM ratifications r JOIN messages m ON m.id = r.message_id
     WHERE r.fleet_id = ? AND r.status = 'open' ORDER BY m.seq`,
    fleetId,
  )

/** The same of all fleets of a project. Those that are open are few, fleets are many: a cross join begins with them. */
export const openRatificationsOfProject = (db: Query, project: string) =>
  db.all<RatificationRow>(
    `SELECT r.* FROM ratifications r CROSS JOIN fleets f JOIN messages m ON m.id = r.message_id
     WHERE f.id = r.fleet_id AND f.project = ? AND r.status = 'open' ORDER BY m.seq`,
    project,
  )

/** Whether there is one that time alone will decide. */
export const hasDeadlineAhead = async (db: Query, fleetId: string) =>
  (await db.get(
    `SELECT 1 AS found FROM ratifications
     WHERE fleet_id = ? AND status = 'open' AND deadline_at IS NOT NULL LIMIT 1`,
    fleetId,
  )) !== undefined

/** Fleets of a project, ended ones too, with one that time alone will decide. */
export const fleetsWithDeadlineAhead = (db: Query, project: string) =>
  db.all<{ id: string }>(
    `SELECT DISTINCT f.id FROM ratifications r CROSS JOIN fleets f
     WHERE f.id = r.fleet_id AND f.project = ? AND r.status = 'open' AND r.deadline_at IS NOT NULL
     ORDER BY f.id`,
    project,
  )

/** False when it was resolved before: an end state is final. */
export const resolveRatification = (
  tx: Tx,
  messageId: string,
  status: Exclude<RatificationRow["status"], "open">,
) =>
  hasChanged(
    tx.run(
      `UPDATE ratifications SET status = ?, resolved_at = ? WHERE message_id = ? AND status = 'open'`,
      status,
      tx.at,
      messageId,
    ),
  )

export const hasOpenRatification = async (db: Query, fleetId: string) =>
  (await db.get(
    "SELECT 1 AS found FROM ratifications WHERE fleet_id = ? AND status = 'open' LIMIT 1",
    fleetId,
  )) !== undefined

export const forgetRatification = (tx: Tx, messageId: string) =>
  tx.run("DELETE FROM ratifications WHERE message_id = ?", messageId)
