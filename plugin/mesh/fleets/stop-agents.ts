import {
  fleetMeant,
  type IsAlive,
  refuseDelegated,
  requireAgents,
  requireFleet,
  requireLead,
} from "../access.ts"
import type { Changes } from "../ledger/changes.ts"
import type { Ledger } from "../ledger/ledger.ts"
import { agentsOfFleet } from "../ledger/tables/agents.ts"
import { fleetById, markCollected } from "../ledger/tables/fleets.ts"
import { withdrawNotices } from "../ledger/tables/messages.ts"
import type { StopMode } from "../ledger/tables/rows.ts"
import { requestStop } from "../lifecycle/stop.ts"
import { isEnded } from "../model/agent.ts"
import type { Caller } from "../model/caller.ts"
import { everyone } from "../model/message.ts"

export interface StopDeps {
  ledger: Ledger
  changes: Changes
  isAlive: IsAlive
  limits: { stopPatienceMs: number }
  /** Starts supervising here if nobody does. */
  supervise: (fleetId: string) => void
}

export interface StopOptions {
  agent_ids?: string[] | undefined
  mode: StopMode
  reason?: string | undefined
}

/** Ends agents by intention: whoever owns them carries it out. Idempotent. */
export const createStop =
  ({ ledger, changes, isAlive, limits, supervise }: StopDeps) =>
  async (caller: Caller, asked: string | undefined, options: StopOptions) => {
    refuseDelegated(caller, "stop agents")
    const fleetId = (await ledger.read((db) => fleetMeant(db, caller, asked, options.agent_ids))).id
    const outcome = await ledger.transact(async (tx) => {
      const fleet = await requireFleet(tx, caller, fleetId)
      await requireLead(tx, caller, fleet, isAlive)
      const wanted = options.agent_ids ?? [everyone]
      const agents = wanted.includes(everyone)
        ? await agentsOfFleet(tx, fleetId)
        : await requireAgents(tx, fleetId, wanted)
      const ended = agents.filter((agent) => isEnded(agent.status))
      const open = agents.filter((agent) => !isEnded(agent.status))
      for (const agent of open)
        await requestStop(tx, agent, { mode: options.mode, reason: options.reason ?? null })
      // Whoever ends the fleet needs not be told that it ended; a lead whose user did it in a shell
      // has to be.
      const isKnown = !caller.human && (await fleetById(tx, fleetId))!.status !== "running"
      if (isKnown) {
        await withdrawNotices(tx, fleetId)
        await markCollected(tx, fleetId)
      }
      return {
        stopped: open.map((agent) => agent.id),
        already_ended: ended.map((agent) => agent.id),
      }
    })
    supervise(fleetId)
    await changes.until(
      () =>
        ledger.read(async (db) =>
          (await agentsOfFleet(db, fleetId)).every(
            (agent) => isEnded(agent.status) || !outcome.stopped.includes(agent.id),
          )
            ? true
            : undefined,
        ),
      { timeoutMs: options.mode === "wrap_up" ? 0 : limits.stopPatienceMs },
    )
    return outcome
  }
