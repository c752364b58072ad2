import type { IsAlive } from "../access.ts"
import type { Query, Tx } from "../ledger/port.ts"
import { appendEvent } from "../ledger/events.ts"
import { fleetById, fleetsOfLead, raiseTerm } from "../ledger/fleets.ts"
import { hasUndelivered, parkDeliveries, unparkDeliveries } from "../ledger/messages.ts"
import type { FleetRow } from "../ledger/rows.ts"
import { sessionById } from "../ledger/sessions.ts"
import { leadRecipient } from "../model/message.ts"

/** Each holder of a lease has a number of its own, by which a former one is told from it. */
export const beginTerm = (tx: Tx, fleetId: string) => {
  raiseTerm(tx, fleetId, process.pid)
  appendEvent(tx, { type: "fleet.supervised", fleetId, data: { pid: process.pid } })
  return fleetById(tx, fleetId)?.term ?? 0
}

export const hasMailForGoneLead = (db: Query, fleet: FleetRow, isAlive: IsAlive) => {
  const owner = sessionById(db, fleet.lead_session)
  if (owner === undefined || isAlive(owner)) return false
  return hasUndelivered(db, leadRecipient(fleet.id))
}

/** The lead's session is open again: what waited for it goes in. */
export const unparkMail = (tx: Tx, leadSession: string) => {
  for (const { id } of fleetsOfLead(tx, leadSession)) unparkDeliveries(tx, leadRecipient(id))
}

/** Mail for a lead that is gone waits for the session that adopts the fleet. */
export const parkMail = (tx: Tx, fleetId: string) => {
  const count = parkDeliveries(tx, leadRecipient(fleetId))
  if (count > 0) appendEvent(tx, { type: "message.parked", fleetId, data: { count } })
}
