import type { IsAlive } from "../access.ts"
import type { Query } from "../ledger/port.ts"
import { fleetById } from "../ledger/tables/fleets.ts"
import { openHosts } from "../ledger/tables/hosts.ts"
import type { HostRow } from "../ledger/tables/rows.ts"
import { sessionById } from "../ledger/tables/sessions.ts"

/** A host without a beat for so many intervals may be frozen: nobody relies on it. */
const trustedBeats = 3

/**
 * Whether this host may go: its fleet has ended, or its lead's OpenCode or another host lives, which
 * supervises on. Without it the agents that wait to be tried again would wait for ever.
 */
export const isGuarded = async (
  db: Query,
  host: HostRow,
  isAlive: IsAlive,
  at: number,
  heartbeatMs: number,
): Promise<boolean> => {
  const fleet = (await fleetById(db, host.fleet_id))!
  // It runs on while an agent has not ended, or has mail that will wake it.
  if (fleet.status !== "running") return true
  const lead = await sessionById(db, fleet.lead_session)
  if (lead && isAlive(lead)) return true
  return (await openHosts(db, host.fleet_id)).some(
    ({ id, status, pid, process_start, beat_at }) =>
      id !== host.id &&
      status === "ready" &&
      pid !== null &&
      process_start !== null &&
      at - (beat_at ?? 0) <= trustedBeats * heartbeatMs &&
      isAlive({ pid, process_start }),
  )
}
