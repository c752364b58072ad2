import type { IsAlive } from "../access.ts"
import type { AgentRow, FleetRow, HostRow } from "../ledger/rows.ts"
import { agentsOfFleet } from "../ledger/agents.ts"
import { coolDowns } from "../ledger/cooldowns.ts"
import type { Query } from "../ledger/port.ts"
import { openHosts } from "../ledger/hosts.ts"
import { hasWakingMail } from "../ledger/messages.ts"
import { unpreparedAgents } from "../ledger/worktrees.ts"
import type { FleetView } from "./plan.ts"

/** A fleet as it stands now: its rows, which of its hosts live, and who has mail to wake up for. */
export const readFleetView = (db: Query, fleet: FleetRow, isAlive: IsAlive): FleetView => {
  const agents = agentsOfFleet(db, fleet.id)
  const isLiving = ({ pid, process_start, status }: HostRow) =>
    pid === null || process_start === null ? status === "starting" : isAlive({ pid, process_start })
  const isAttended = ({ starter_pid, starter_start }: HostRow) =>
    starter_pid === null ||
    starter_start === null ||
    isAlive({ pid: starter_pid, process_start: starter_start })
  const isToWake = ({ id, status }: AgentRow) =>
    (status === "complete" || status === "failed") && hasWakingMail(db, id)
  return {
    fleet,
    agents,
    hosts: openHosts(db, fleet.id).map((host) => ({
      ...host,
      alive: isLiving(host),
      attended: isAttended(host),
    })),
    toWake: new Set(agents.filter(isToWake).map((agent) => agent.id)),
    coolDowns: coolDowns(db),
    unprepared: unpreparedAgents(db, fleet.id),
  }
}
