import type { Query } from "../ledger/port.ts"
import type { DeliveryRow, MessageRow } from "../ledger/tables/rows.ts"

/** A message on its way to one of its recipients. */
export type Letter = MessageRow & Pick<DeliveryRow, "recipient" | "state" | "acked_at">

const letters = `SELECT m.*, d.recipient, d.state, d.acked_at
  FROM messages m JOIN deliveries d ON d.message_seq = m.seq`

/** The newest mail of a fleet, notices of ours aside, oldest first; a broadcast once per recipient. */
export const mailOfFleet = async (db: Query, fleetId: string, limit: number): Promise<Letter[]> => {
  const rows = await db.all<Letter>(
    `${letters} WHERE m.fleet_id = ? AND d.position IS NOT NULL
     ORDER BY m.seq DESC, d.recipient LIMIT ?`,
    fleetId,
    limit,
  )
  return rows.toReversed()
}

/** What one agent was sent and what it sent, the newest, oldest first. */
export const mailOfAgent = async (
  db: Query,
  { id, fleet_id }: { id: string; fleet_id: string },
  limit: number,
): Promise<Letter[]> => {
  const rows = await db.all<Letter>(
    `${letters} WHERE m.fleet_id = ? AND (d.recipient = ? OR m.from_agent_id = ?)
       AND d.position IS NOT NULL
     ORDER BY m.seq DESC, d.recipient LIMIT ?`,
    fleet_id,
    id,
    id,
    limit,
  )
  return rows.toReversed()
}
