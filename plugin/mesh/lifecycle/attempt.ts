import type { Failure } from "../model/agent.ts"
import type { RetryPolicy } from "../model/config.ts"
import { dropQuestionsOf } from "../questions/asking.ts"
import { moveToInterrupted, moveToRestart, moveToStarting } from "../ledger/tables/agents.ts"
import { breakAttempt, insertAttempt } from "../ledger/tables/attempts.ts"
import { redirectDeliveries } from "../ledger/tables/messages.ts"
import type { Tx } from "../ledger/port.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import type { AgentRow } from "../ledger/tables/rows.ts"
import { mayTry } from "./cool-down.ts"
import { endAgent } from "./outcome.ts"
import { backoffMs, mayRetry } from "./retry.ts"
import { stopFailure, stoppedEnd } from "./stop.ts"

/** What was asked of an agent has been carried out: its attempt is over, or the agent is. */
export const concludeStop = async (
  tx: Tx,
  agent: AgentRow,
  policy: RetryPolicy,
  random: () => number,
) =>
  agent.stop_mode === "retry"
    ? await failAttempt(tx, agent, stopFailure(agent), policy, random)
    : endAgent(tx, agent, stoppedEnd(agent))

/**
 * An attempt has failed: the agent is `interrupted` until its next attempt, or failed for good. One
 * that was asked to stop ends as asked.
 */
export const failAttempt = async (
  tx: Tx,
  agent: AgentRow,
  failure: Failure,
  policy: RetryPolicy,
  random: () => number,
) => {
  if (agent.stop_mode && agent.stop_mode !== "retry")
    return void (await endAgent(tx, agent, stoppedEnd(agent)))
  if (!mayRetry(agent.attempts, policy))
    return void (await endAgent(tx, agent, { status: "failed", failure }))
  const delayMs = backoffMs(agent.attempts, policy.baseMs, random)
  if (!(await moveToInterrupted(tx, tx.at + delayMs, agent, failure))) return
  await dropQuestionsOf(tx, agent, `the attempt has ended: ${failure.detail}`)
  await breakAttempt(tx, agent, `${failure.code}: ${failure.detail}`)
  await appendEvent(tx, {
    type: "agent.interrupted",
    fleetId: agent.fleet_id,
    agentId: agent.id,
    data: { ...failure, attempt: agent.attempts, retry_in_ms: delayMs },
  })
}

/** Its session is gone through no fault of its own: the same attempt begins once more, in a fresh one. */
export const restartAgent = async (tx: Tx, agent: AgentRow) => {
  if (!(await moveToRestart(tx, agent))) return false
  await redirectDeliveries(tx, agent.id)
  await dropQuestionsOf(tx, agent, "the agent begins anew: its session was deleted")
  await appendEvent(tx, {
    type: "agent.session_lost",
    fleetId: agent.fleet_id,
    agentId: agent.id,
    data: { session_id: agent.session_id },
  })
  return true
}

/** Gives an agent to a host, unless somebody tries its provider first. A retry is a new attempt; a wake goes on with the same one. */
export const assign = async (tx: Tx, agent: AgentRow, hostId: string) => {
  if (!(await mayTry(tx, agent))) return false
  const isNewAttempt = agent.attempts === 0 || agent.status === "interrupted"
  const attempt = agent.attempts + (isNewAttempt ? 1 : 0)
  if (!(await moveToStarting(tx, agent, { hostId, attempt }))) return false
  if (isNewAttempt)
    await insertAttempt(tx, {
      agent_id: agent.id,
      attempt,
      host_id: hostId,
      session_id: agent.session_id,
      started_at: tx.at,
    })
  await appendEvent(tx, {
    type: attempt > 1 && isNewAttempt ? "agent.retrying" : "agent.starting",
    fleetId: agent.fleet_id,
    agentId: agent.id,
    data: { host_id: hostId, attempt },
  })
  return true
}
