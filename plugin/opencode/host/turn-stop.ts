import { lastFailedCheck } from "../../mesh/model/failed-check.ts"
import { concludeStop } from "../../mesh/lifecycle/attempt.ts"
import type { Config, RetryPolicy } from "../../mesh/model/config.ts"
import { agentById, recordFailedCheck, recordPartial } from "../../mesh/ledger/tables/agents.ts"
import type { Ledger } from "../../mesh/ledger/ledger.ts"
import type { AgentRow } from "../../mesh/ledger/tables/rows.ts"
import { wrapUpText } from "../../mesh/prompts.ts"
import type { Activity } from "./activity.ts"
import { lastAnswer, partialOf, shellRunsOf } from "../runtime/transcript.ts"
import type { Seat } from "./seat.ts"
import type { Seats } from "./seats.ts"

export interface TurnStopDeps {
  ledger: Ledger
  activity: Activity
  seats: Seats
  random: () => number
  config: Config
  retry: RetryPolicy
  /** Ends the background children of one agent. */
  endChildren: (agentId: string, graceMs: number) => Promise<void>
}

/** What children of a cancelled agent have to end by themselves. */
const childGraceMs = 1000

/** Carries out what was asked of an agent: to report, to end, or to be tried again. */
export const createTurnStop = (deps: TurnStopDeps) => {
  const { ledger, activity, seats, random, config, retry, endChildren } = deps

  /** After what is under way in its session; asked twice it is done once. */
  const stopInOrder = (seat: Seat, agent: AgentRow) => {
    if (seat.stopping || (agent.stop_mode === "wrap_up" && seat.wrapUpSent)) return undefined
    return seats.inOrder(seat, async () => {
      const current = await seats.agentOf(seat)
      // Looks while the last step was under way may have asked for the same stop.
      if (seats.isHere(current) && current.stop_mode !== null) await stop(seat, current)
    })
  }

  const stop = async (seat: Seat, agent: AgentRow) => {
    if (agent.stop_mode === "wrap_up") {
      if (seat.wrapUpSent) return
      seat.wrapUpSent = true
      return seats.prompt(
        seat,
        agent,
        wrapUpText(agent.stop_reason, Math.round(config.wrap_up_grace_ms / 1000)),
      )
    }
    if (seat.stopping) return
    seat.stopping = true
    try {
      // Cancelled, its tools are told first; killed, nobody is waited for.
      if (agent.stop_mode === "kill")
        await Promise.all([endChildren(agent.id, 0), seats.abort(seat)])
      else {
        await seats.abort(seat)
        await endChildren(agent.id, childGraceMs)
      }
      await endStopped(seat, agent)
    } finally {
      seat.stopping = false
    }
  }

  const endStopped = async (seat: Seat, agent: AgentRow) => {
    const history = await seats.historyOf(seat).catch(() => [])
    activity.recount(agent.id, history)
    await activity.flush()
    activity.forget(agent.id)
    await ledger.transact(async (tx) => {
      const partial = lastAnswer(history)?.text || partialOf(history)
      const current = (await agentById(tx, agent.id))!
      if (!seats.isHere(current) || current.generation !== agent.generation) return
      if (partial) await recordPartial(tx, agent.id, partial)
      await recordFailedCheck(tx, agent.id, lastFailedCheck(shellRunsOf(history)))
      await concludeStop(tx, { ...current, partial }, retry, random)
    })
  }

  return { stopInOrder }
}
