import {
  dropReservation,
  expiredIn,
  type ReservationRow,
  reservationsOfAgent,
} from "../ledger/tables/files/reservations.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import type { Tx } from "../ledger/port.ts"

/** One event for each holder. */
export const endReservations = async (
  tx: Tx,
  rows: readonly ReservationRow[],
  cause: string,
  to?: string,
) => {
  for (const row of rows) await dropReservation(tx, row)
  for (const [agentId, own] of Map.groupBy(rows, ({ agent_id }) => agent_id))
    await appendEvent(tx, {
      type: "reservation.ended",
      fleetId: own[0]!.fleet_id,
      agentId,
      data: { patterns: own.map(({ pattern }) => pattern), cause, ...(to !== undefined && { to }) },
    })
}

/** With its holder's turn: what it has begun it has finished, or somebody else does. */
export const endReservationsOf = async (tx: Tx, agentId: string, cause: string) =>
  endReservations(tx, await reservationsOfAgent(tx, agentId), cause)

export const endExpired = async (tx: Tx, project: string) =>
  endReservations(tx, await expiredIn(tx, project, tx.at), "its time is over")
