import type { IsAlive } from "../access.ts"
import { isActive, isEnded } from "../model/agent.ts"
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
  const held = { promised: 0, running: 0, idle: 0 }
  for (const fleet of await runningFleets(db)) {
    const living = (await openHosts(db, fleet.id)).filter(isLiving)
    const lead = await sessionById(db, fleet.lead_session)
    if (living.length === 0 && !(lead && isAlive(lead))) continue
    const agents = await agentsOfFleet(db, fleet.id)
    const open = agents.filter((agent) => !isEnded(agent.status)).length
    const running = living.filter(
      ({ id, status }) =>
        status === "starting" ||
        agents.some((agent) => agent.host_id === id && isActive(agent.status)),
    ).length
    held.running += running
    held.promised += Math.max(running, Math.min(fleet.host_limit, open))
    held.idle += living.length - running
  }
  return held
}
