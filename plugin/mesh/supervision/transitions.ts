import type { IsAlive } from "../access.ts"
import type { Database } from "../ledger/driver.ts"
import { appendEvent } from "../ledger/events.ts"
import { fleetById, fleetsOfLead } from "../ledger/fleets.ts"
import type { FleetRow, HostRow } from "../ledger/rows.ts"
import { sessionById } from "../ledger/sessions.ts"
import { leadRecipient } from "../model/message.ts"

/** Each holder of a lease has a number of its own, by which a former one is told from it. */
export const beginTerm = (db: Database, at: number, fleetId: string) => {
  db.run("UPDATE fleets SET term = term + 1, supervisor_pid = ? WHERE id = ?", process.pid, fleetId)
  appendEvent(db, at, { type: "fleet.supervised", fleetId, data: { pid: process.pid } })
  return fleetById(db, fleetId)?.term ?? 0
}

/** False when it was closed before. */
export const closeHost = (db: Database, at: number, host: HostRow, cause: string) => {
  const { changes } = db.run(
    "UPDATE hosts SET status = 'ended', ended_at = ?, cause = COALESCE(cause, ?) WHERE id = ? AND status <> 'ended'",
    at,
    cause,
    host.id,
  )
  if (changes > 0)
    appendEvent(db, at, {
      type: "host.ended",
      fleetId: host.fleet_id,
      data: { host_id: host.id, pid: host.pid, cause },
    })
  return changes > 0
}

export const hasMailForGoneLead = (db: Database, fleet: FleetRow, isAlive: IsAlive) => {
  const owner = sessionById(db, fleet.lead_session)
  if (owner === undefined || isAlive(owner)) return false
  const waiting = db.get(
    "SELECT 1 AS found FROM deliveries WHERE recipient = ? AND state = 'accepted' LIMIT 1",
    leadRecipient(fleet.id),
  )
  return waiting !== undefined
}

/** The lead's session is open again: what waited for it goes in. */
export const unparkMail = (db: Database, leadSession: string) => {
  for (const { id } of fleetsOfLead(db, leadSession))
    db.run(
      "UPDATE deliveries SET state = 'accepted' WHERE recipient = ? AND state = 'parked'",
      leadRecipient(id),
    )
}

/** Mail for a lead that is gone waits for the session that adopts the fleet. */
export const parkMail = (db: Database, at: number, fleetId: string) => {
  const { changes } = db.run(
    "UPDATE deliveries SET state = 'parked' WHERE recipient = ? AND state = 'accepted'",
    leadRecipient(fleetId),
  )
  if (changes > 0)
    appendEvent(db, at, { type: "message.parked", fleetId, data: { count: changes } })
}
