import { lastFailedCheck } from "../../mesh/model/failed-check.ts"
import { concludeStop, failAttempt } from "../../mesh/lifecycle/attempt.ts"
import type { RetryPolicy } from "../../mesh/model/config.ts"
import { agentById, recordFailedCheck, recordPartial } from "../../mesh/ledger/tables/agents.ts"
import type { Ledger } from "../../mesh/ledger/ledger.ts"
import type { Exchanges } from "../../mesh/mail/exchanges.ts"
import type { AgentRow } from "../../mesh/ledger/tables/rows.ts"
import { endAgent } from "../../mesh/lifecycle/outcome.ts"
import { unansweredText } from "../../mesh/prompts.ts"
import { cutStream, judgeTurn } from "../../mesh/lifecycle/turn-outcome.ts"
import type { Activity } from "./activity.ts"
import type { Courier } from "../process/courier.ts"
import type { Pace } from "./pace.ts"
import type { SessionWatch } from "./session-watch.ts"
import {
  isUnanswered,
  lastAnswer,
  partialOf,
  shellRunsOf,
  retryAfterMs,
} from "../runtime/transcript.ts"
import { maxCuts, type Seat } from "./seat.ts"
import type { TurnMail } from "./turn-mail.ts"
import type { Seats } from "./seats.ts"

export interface TurnEndDeps {
  ledger: Ledger
  courier: Courier
  exchanges: Pick<Exchanges, "repliesOf">
  activity: Activity
  watch: Pick<SessionWatch, "gaveUp">
  seats: Seats
  mail: Pick<TurnMail, "deliver">
  random: () => number
  retry: RetryPolicy
  pace: Pace
}

const maxNudges = 3

/** What becomes of an agent whose session went idle: an answer, a failure, or it goes on. */
export const createTurnEnd = (deps: TurnEndDeps) => {
  const { ledger, courier, exchanges, activity, watch, seats, mail, random, retry } = deps

  /**
   * Judges the answer of a session that went idle. A ledger that cannot be written now, on a full
   * disk for example, can be later: OpenCode says only once that a session is idle.
   */
  const judge = (seat: Seat): Promise<void> =>
    seats.inOrder(seat, async () => {
      try {
        // A prompt that went in before the failure has an end of its own.
        const isSuperseded = seat.unjudged && (await seats.isBusy(seat))
        seat.unjudged = false
        if (!isSuperseded) await conclude(seat)
      } catch (error) {
        judgeAgain(seat)
        throw error
      }
    })

  const judgeAgain = (seat: Seat) => {
    seat.unjudged = true
    setTimeout(() => void judge(seat), deps.pace.judgeAgainMs).unref?.()
  }

  /** Its mail is read first, then its answer is judged. */
  const conclude = async (seat: Seat): Promise<void> => {
    const agent = await seats.agentOf(seat)
    if (!seats.isHere(agent)) return
    await courier.settle()
    if (agent.stop_mode === null && (await mail.deliver(seat)) > 0) return
    const history = await seats.historyOf(seat)
    if (
      agent.stop_mode === null &&
      isUnanswered(history) &&
      seat.error === undefined &&
      seat.nudges < maxNudges
    )
      return nudge(seat, agent)
    // A freeze in the middle of that may have cost us the agent.
    if (!seats.isHere(await seats.agentOf(seat))) return
    // The report it was just asked for is still to come.
    if (agent.stop_mode === "wrap_up" && isUnanswered(history) && (await seats.isBusy(seat))) return
    const answer = lastAnswer(history)
    const outcome = seat.cuts.size >= maxCuts ? cutStream : judgeTurn(answer, seat.error)
    // A message that came just as the turn ended has begun the next one, which is in mid-answer.
    if (!outcome.ok && agent.stop_mode === null && (await seats.isBusy(seat)))
      return judgeAgain(seat)
    seat.error = undefined
    seat.nudges = 0
    seat.cuts.clear()
    activity.recount(agent.id, history)
    await activity.flush()
    activity.forget(agent.id)
    await courier.acknowledgeSeen(agent.id)
    const partial = answer?.text || partialOf(history)
    const ended = await ledger.transact(async (tx) => {
      const current = (await agentById(tx, agent.id))!
      if (!seats.isHere(current) || current.generation !== agent.generation) return true
      if (partial) await recordPartial(tx, agent.id, partial)
      await recordFailedCheck(tx, agent.id, lastFailedCheck(shellRunsOf(history)))
      // Whoever had answered before it could be told of its budget, or that it is to be tried again,
      // has done its work.
      const isInTime =
        outcome.ok &&
        (current.stop_mode === "retry" || (current.stop_code === "BUDGET" && !seat.wrapUpSent))
      if (current.stop_mode && !isInTime)
        await concludeStop(tx, { ...current, partial }, retry, random)
      else if (await courier.hasMail(tx, agent.id)) return false
      else if (outcome.ok)
        await endAgent(tx, current, {
          status: "complete",
          output: outcome.output,
          autoReplies: exchanges.repliesOf(seat.sessionId),
        })
      else {
        if (outcome.failure.code === "RATE_LIMITED")
          await watch.gaveUp(tx, current, outcome.failure.detail, retryAfterMs(history))
        await failAttempt(tx, { ...current, partial }, outcome.failure, retry, random)
      }
      return true
    })
    // Mail that came while we judged: an agent with undelivered mail is not complete.
    if (!ended) await mail.deliver(seat)
  }

  /**
   * A message that was stored just as the loop ended stays unread until the next prompt
   * (seen in OpenCode's source). One that only just arrived starts its own turn: that takes a moment.
   */
  const nudge = async (seat: Seat, agent: AgentRow): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, deps.pace.settleMs))
    if (await seats.isBusy(seat)) return
    const history = await seats.historyOf(seat)
    if (!isUnanswered(history)) return conclude(seat)
    seat.nudges++
    await seats.prompt(seat, agent, unansweredText)
  }

  return { judge, conclude }
}

export type TurnEnd = ReturnType<typeof createTurnEnd>
