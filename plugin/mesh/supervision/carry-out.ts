import { isEnded } from "../model/agent.ts"
import { assign } from "../lifecycle/attempt.ts"
import type { WakeCaps } from "../model/config.ts"
import { agentById } from "../ledger/tables/agents.ts"
import type { Tx } from "../ledger/port.ts"
import { hostById } from "../ledger/tables/hosts.ts"
import { requestStop } from "../lifecycle/stop.ts"
import { reopenAgent, spendWake } from "../lifecycle/wake.ts"
import type { HostKeeper } from "./host-keeper.ts"
import { dismissHosts, type LeavingDeps } from "./leaving.ts"
import type { Action, FleetView } from "./plan.ts"
import { giveBackSilent, reportStall, warnOfBudget } from "./watch.ts"
import type { WorktreeKeeper } from "../worktrees/worktree-keeper.ts"

export interface CarryingOutDeps extends LeavingDeps {
  caps: WakeCaps
  hostKeeper: HostKeeper
  worktreeKeeper: Pick<WorktreeKeeper, "prepare">
  /** A write as supervisor of the fleet: nothing once somebody else is. */
  write: (fleetId: string, change: (tx: Tx) => unknown) => Promise<void>
  /** Work that the supervisor does not wait for, until it ends. */
  background: (step: Promise<unknown>) => void
}

/** Does what `plan` has decided, one action at a time. */
export const createCarryingOut = (deps: CarryingOutDeps) => {
  const { caps, hostKeeper, worktreeKeeper, write, background } = deps

  return async (current: FleetView, action: Action) => {
    const fleetId = current.fleet.id
    switch (action.do) {
      case "start-host":
        return hostKeeper.start(current.fleet, action)
      case "prepare-worktree":
        return background(worktreeKeeper.prepare(action.agent.id))
      case "assign":
        await write(fleetId, async (tx) => {
          // A host that decided to end in the meantime takes nobody on.
          const host = await hostById(tx, action.hostId)
          if (host && host.status !== "ending" && host.status !== "ended")
            await assign(tx, (await agentById(tx, action.agent.id))!, action.hostId)
        })
        break
      case "lose-host":
        await hostKeeper.lose(action.host, action.failure)
        break
      case "kill-host":
        await hostKeeper.lose(action.host, { code: "HOST_LOST", detail: action.cause }, "firmly")
        break
      case "dismiss-hosts":
        await write(fleetId, (tx) => dismissHosts(tx, action, deps))
        break
      case "time-out":
        await write(fleetId, async (tx) =>
          requestStop(tx, (await agentById(tx, action.agent.id))!, {
            mode: "cancel",
            reason: `The fleet's timeout was reached.`,
            code: "TIMEOUT",
          }),
        )
        break
      case "cancel":
        await write(fleetId, async (tx) =>
          requestStop(tx, (await agentById(tx, action.agent.id))!, {
            mode: "cancel",
            reason: "It did not report within its time to wrap up.",
          }),
        )
        break
      case "report-stall":
        await write(fleetId, (tx) => reportStall(tx, action.agent.id, action.idleMs))
        break
      case "give-back":
        await write(fleetId, (tx) => giveBackSilent(tx, action))
        break
      case "warn-of-budget":
        await write(fleetId, (tx) => warnOfBudget(tx, fleetId, action.agent, action.spending))
        break
      case "wrap-up":
        await write(fleetId, async (tx) =>
          requestStop(tx, (await agentById(tx, action.agent.id))!, {
            mode: "wrap_up",
            reason: action.reason,
            code: "BUDGET",
          }),
        )
        break
      case "wake":
        await write(fleetId, async (tx) => {
          const agent = (await agentById(tx, action.agent.id))!
          if (isEnded(agent.status) && (await spendWake(tx, agent.fleet_id, agent.id, caps)))
            await reopenAgent(tx, agent, "queued")
        })
        break
    }
  }
}
