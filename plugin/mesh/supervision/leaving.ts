import type { IsAlive } from "../access.ts"
import { agentsOfHost } from "../ledger/tables/agents.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import { hostById, markEnding } from "../ledger/tables/hosts.ts"
import { hasWakingMail } from "../ledger/tables/messages.ts"
import type { Tx } from "../ledger/port.ts"
import type { HostRow } from "../ledger/tables/rows.ts"
import { someInOrder } from "../model/in-order.ts"
import { isActive } from "../model/agent.ts"
import { isGuarded } from "./guardians.ts"

export interface LeavingDeps {
  isAlive: IsAlive
  heartbeatMs: number
}

/**
 * Whether a host may go now: none of its agents is at work or has mail to wake up for, and somebody
 * else looks after its fleet. In the transaction that lets it go, so that two never leave on the
 * strength of each other, and mail that was sent before is not missed.
 */
export const mayLeave = async (tx: Tx, host: HostRow, { isAlive, heartbeatMs }: LeavingDeps) => {
  const isBusy = await someInOrder(
    await agentsOfHost(tx, host.id),
    async ({ id, status }) =>
      isActive(status) || (status !== "cancelled" && (await hasWakingMail(tx, id))),
  )
  // Whoever is the last to look after a fleet stays until its other agents are looked after.
  return !isBusy && (await isGuarded(tx, host, isAlive, tx.at, heartbeatMs))
}

/**
 * Sends hosts away whose memory others need, the first of those that may leave. From here on nobody is
 * given to them and they wake nobody: mail that arrives later wakes their agents in other hosts.
 */
export const dismissHosts = async (
  tx: Tx,
  { count, candidates, cause }: { count: number; candidates: readonly HostRow[]; cause: string },
  deps: LeavingDeps,
) => {
  let left = count
  for (const { id } of candidates) {
    if (left <= 0) return
    const host = (await hostById(tx, id))!
    // The supervisor of another fleet was faster: what it gives back is enough for both.
    if (host.status !== "ready") left--
    else if (await mayLeave(tx, host, deps)) {
      left--
      await markEnding(tx, host.id, cause)
      await appendEvent(tx, {
        type: "host.dismissed",
        fleetId: host.fleet_id,
        data: { host_id: host.id, pid: host.pid, cause },
      })
    }
  }
}
