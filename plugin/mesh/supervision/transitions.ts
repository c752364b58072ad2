import type { IsAlive } from "../access.ts"
import type { Database } from "../ledger/driver.ts"
import { appendEvent } from "../ledger/events.ts"
import { fleetById, fleetsOfLead, raiseTerm } from "../ledger/fleets.ts"
import { hasUndelivered, parkDeliveries, unparkDeliveries } from "../ledger/messages.ts"
import type { FleetRow } from "../ledger/rows.ts"
import { sessionById } from "../ledger/sessions.ts"
import { leadRecipient } from "../model/message.ts"

/** Each holder of a lease has a number of its own, by which a former one is told from it. */
export const beginTerm = (db: Database, at: number, fleetId: string) => {
  raiseTerm(db, fleetId, process.pid)
  appendEvent(db, at, { type: "fleet.supervised", fleetId, data: { pid: process.pid } })
  return fleetById(db, fleetId)?.term ?? 0
}

export const hasMailForGoneLead = (db: Database, fleet: FleetRow, isAlive: IsAlive) => {
  const owner = sessionById(db, fleet.lead_session)
  if (owner === undefined || isAlive(owner)) return false
  return hasUndelivered(db, leadRecipient(fleet.id))
}

/** The lead's session is open again: what waited for it goes in. */
export const unparkMail = (db: Database, leadSession: string) => {
  for (const { id } of fleetsOfLead(db, leadSession)) unparkDeliveries(db, leadRecipient(id))
}

/** Mail for a lead that is gone waits for the session that adopts the fleet. */
export const parkMail = (db: Database, at: number, fleetId: string) => {
  const count = parkDeliveries(db, leadRecipient(fleetId))
  if (count > 0) appendEvent(db, at, { type: "message.parked", fleetId, data: { count } })
}
