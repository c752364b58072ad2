import { filterInOrder } from "../model/in-order.ts"
import type { IsAlive } from "../access.ts"
import type { AgentRow, FleetRow, HostRow } from "../ledger/tables/rows.ts"
import { agentsOfFleet } from "../ledger/tables/agents.ts"
import { tasksOfFleet } from "../ledger/tables/board/tasks.ts"
import { coolDowns } from "../ledger/tables/cooldowns.ts"
import type { Query } from "../ledger/port.ts"
import { openHosts } from "../ledger/tables/hosts.ts"
import { hasWakingMail } from "../ledger/tables/messages.ts"
import { unpreparedAgents } from "../ledger/tables/worktrees.ts"
import type { FleetView } from "./plan.ts"

/** A fleet as it stands now: its rows, which of its hosts live, and who has mail to wake up for. */
export const readFleetView = async (
  db: Query,
  fleet: FleetRow,
  isAlive: IsAlive,
  sleeps: FleetView["sleeps"],
): Promise<FleetView> => {
  const agents = await agentsOfFleet(db, fleet.id)
  const isLiving = ({ pid, process_start, status }: HostRow) =>
    pid === null || process_start === null ? status === "starting" : isAlive({ pid, process_start })
  const isAttended = ({ starter_pid, starter_start }: HostRow) =>
    starter_pid === null ||
    starter_start === null ||
    isAlive({ pid: starter_pid, process_start: starter_start })
  const isToWake = async ({ id, status }: AgentRow) =>
    (status === "complete" || status === "failed") && (await hasWakingMail(db, id))
  return {
    fleet,
    agents,
    sleeps,
    hosts: (await openHosts(db, fleet.id)).map((host) => ({
      ...host,
      alive: isLiving(host),
      attended: isAttended(host),
    })),
    toWake: new Set((await filterInOrder(agents, isToWake)).map((agent) => agent.id)),
    claims: (await tasksOfFleet(db, fleet.id)).filter(({ state }) => state === "claimed"),
    coolDowns: await coolDowns(db),
    unprepared: await unpreparedAgents(db, fleet.id),
  }
}
