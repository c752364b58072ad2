import type { IsAlive } from "../access.ts"
import { hostBytes, type Machine } from "../machine.ts"
import type { Query } from "../ledger/port.ts"
import { idleHosts, movingHosts } from "../ledger/tables/hosts.ts"
import type { HostRow } from "../ledger/tables/rows.ts"
import { isActive, isEnded } from "../model/agent.ts"
import type { Room } from "./giving-way.ts"
import type { FleetView } from "./plan.ts"

/** Memory for so many hosts beyond the reserve, and nobody has to count them. */
const ampleHosts = 8

/** A host writes that it has ended before it ends; for so long it counts while it is still there. */
const leavingMs = 10_000

/** Whether the fleet may start a host, or has one that could give way. */
export const mayNeedRoom = ({ agents, hosts }: FleetView) =>
  agents.some(({ status }) => !isEnded(status) && !isActive(status)) ||
  hosts.some(
    ({ id, status }) =>
      status === "ready" && !agents.some((agent) => agent.host_id === id && isActive(agent.status)),
  )

/** Undefined while there is so much memory that nobody has to give way. */
export const readRoom = async (
  db: Query,
  { freeBytes, extrasBytes = 0 }: Machine,
  isAlive: IsAlive,
  at: number,
  { memoryReserveBytes, hostStartMs }: { memoryReserveBytes: number; hostStartMs: number },
): Promise<Room | undefined> => {
  if (freeBytes > memoryReserveBytes + ampleHosts * (hostBytes + extrasBytes)) return undefined
  const isLiving = ({ pid, process_start, created_at }: HostRow) =>
    pid === null || process_start === null
      ? at - created_at < hostStartMs
      : isAlive({ pid, process_start })
  const moving = (await movingHosts(db, at - leavingMs)).filter(isLiving)
  const starting = moving.filter(({ status }) => status === "starting").length
  return {
    freeBytes,
    extrasBytes,
    idle: (await idleHosts(db)).filter(isLiving),
    starting,
    leaving: moving.length - starting,
  }
}
