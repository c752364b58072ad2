import type { IsAlive } from "../access.ts"
import type { Query, Tx } from "../ledger/port.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import { fleetById, fleetsOfLead, raiseTerm } from "../ledger/tables/fleets.ts"
import { hasUndelivered, parkDeliveries, unparkDeliveries } from "../ledger/tables/messages.ts"
import type { FleetRow } from "../ledger/tables/rows.ts"
import { sessionById } from "../ledger/tables/sessions.ts"
import { leadRecipient } from "../model/message.ts"

/** Each holder of a lease has a number of its own, by which a former one is told from it. */
export const beginTerm = async (tx: Tx, fleetId: string) => {
  await raiseTerm(tx, fleetId, process.pid)
  await appendEvent(tx, { type: "fleet.supervised", fleetId, data: { pid: process.pid } })
  return (await fleetById(tx, fleetId))?.term ?? 0
}

export const hasMailForGoneLead = async (db: Query, fleet: FleetRow, isAlive: IsAlive) => {
  const owner = await sessionById(db, fleet.lead_session)
  if (owner === undefined || isAlive(owner)) return false
  return hasUndelivered(db, leadRecipient(fleet.id))
}

/** The lead's session is open again: what waited for it goes in. */
export const unparkMail = async (tx: Tx, leadSession: string) => {
  for (const { id } of await fleetsOfLead(tx, leadSession))
    await unparkDeliveries(tx, leadRecipient(id))
}

/** Mail for a lead that is gone waits for the session that adopts the fleet. */
export const parkMail = async (tx: Tx, fleetId: string) => {
  const count = await parkDeliveries(tx, leadRecipient(fleetId))
  if (count > 0) await appendEvent(tx, { type: "message.parked", fleetId, data: { count } })
}
