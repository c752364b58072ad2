import type { IsAlive } from "../access.ts"
import { isEnded } from "../model/agent.ts"
import { agentsOfFleet } from "../ledger/tables/agents.ts"
import type { Query } from "../ledger/port.ts"
import { runningFleets } from "../ledger/tables/fleets.ts"
import { openHosts } from "../ledger/tables/hosts.ts"
import type { HostRow } from "../ledger/tables/rows.ts"
import { sessionById } from "../ledger/tables/sessions.ts"
import type { HeldHosts } from "./admission.ts"

/**
 * Hosts that the running fleets of all projects have, or were promised. A fleet that nobody alive
 * looks after, such as one from before a restart of the machine, holds nothing.
 */
export const heldHosts = async (db: Query, isAlive: IsAlive): Promise<HeldHosts> => {
  const isLiving = ({ pid, process_start }: HostRow) =>
    pid !== null && process_start !== null && isAlive({ pid, process_start })
  const held = { promised: 0, running: 0 }
  for (const fleet of await runningFleets(db)) {
    const running = (await openHosts(db, fleet.id)).filter(isLiving).length
    const lead = await sessionById(db, fleet.lead_session)
    if (running === 0 && !(lead && isAlive(lead))) continue
    const open = (await agentsOfFleet(db, fleet.id)).filter(
      (agent) => !isEnded(agent.status),
    ).length
    held.running += running
    held.promised += Math.max(running, Math.min(fleet.host_limit, open))
  }
  return held
}
