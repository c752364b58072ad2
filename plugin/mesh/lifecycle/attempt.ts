import type { Failure } from "../model/agent.ts"
import { dropQuestionsOf } from "../questions/asking.ts"
import type { NewId } from "../model/ids.ts"
import type { Database } from "../ledger/driver.ts"
import { appendEvent } from "../ledger/events.ts"
import type { AgentRow } from "../ledger/rows.ts"
import { endAgent } from "./outcome.ts"
import { stopFailure, stoppedEnd } from "./stop.ts"

export interface RetryPolicy {
  /** Attempts in all, the first included. */
  attempts: number
  /** Before the second attempt, in ms; doubled for each further one. */
  baseMs: number
}

/** base × 2^(n-1) ms after attempt n, ±20 % so that agents that fail together do not return together. */
export const backoffMs = (attempt: number, baseMs: number, random: () => number) =>
  Math.round(baseMs * 2 ** (attempt - 1) * (0.8 + 0.4 * random()))

/** What was asked of an agent has been carried out: its attempt is over, or the agent is. */
export const concludeStop = (
  db: Database,
  newId: NewId,
  at: number,
  agent: AgentRow,
  policy: RetryPolicy,
  random: () => number,
) =>
  agent.stop_mode === "retry"
    ? failAttempt(db, newId, at, agent, stopFailure(agent), policy, random)
    : void endAgent(db, newId, at, agent, stoppedEnd(agent))

/**
 * An attempt has failed: the agent is `interrupted` until its next attempt, or failed for good. One
 * that was asked to stop ends as asked.
 */
export const failAttempt = (
  db: Database,
  newId: NewId,
  at: number,
  agent: AgentRow,
  failure: Failure,
  policy: RetryPolicy,
  random: () => number,
) => {
  if (agent.stop_mode && agent.stop_mode !== "retry")
    return void endAgent(db, newId, at, agent, stoppedEnd(agent))
  if (agent.attempts >= policy.attempts)
    return void endAgent(db, newId, at, agent, { status: "failed", failure })
  const delayMs = backoffMs(agent.attempts, policy.baseMs, random)
  const { changes } = db.run(
    `UPDATE agents SET status = 'interrupted', not_before = ?, error_code = ?, error_detail = ?,
       stop_mode = NULL, stop_code = NULL, stop_reason = NULL, stop_at = NULL,
       activity = NULL, blocked_on = NULL, awaits_mail_at = NULL WHERE id = ? AND generation = ? AND status IN ('starting', 'running')`,
    at + delayMs,
    failure.code,
    failure.detail,
    agent.id,
    agent.generation,
  )
  if (changes === 0) return
  dropQuestionsOf(db, at, agent, `the attempt has ended: ${failure.detail}`)
  db.run(
    "UPDATE attempts SET ended_at = ?, cause = ?, partial = ? WHERE agent_id = ? AND attempt = ?",
    at,
    `${failure.code}: ${failure.detail}`,
    agent.partial,
    agent.id,
    agent.attempts,
  )
  appendEvent(db, at, {
    type: "agent.interrupted",
    fleetId: agent.fleet_id,
    agentId: agent.id,
    data: { ...failure, attempt: agent.attempts, retry_in_ms: delayMs },
  })
}

/** Gives an agent to a host. A retry is a new attempt; a wake goes on with the same one. */
export const assign = (db: Database, at: number, agent: AgentRow, hostId: string) => {
  const isNewAttempt = agent.attempts === 0 || agent.status === "interrupted"
  const attempts = agent.attempts + (isNewAttempt ? 1 : 0)
  const { changes } = db.run(
    `UPDATE agents SET status = 'starting', host_id = ?, attempts = ?,
       generation = generation + ?, started_at = COALESCE(started_at, ?),
       turn_at = COALESCE(turn_at, ?), activity_at = ?, stalled_at = NULL,
       awaits_mail_at = NULL
     WHERE id = ? AND generation = ? AND status IN ('queued', 'interrupted')`,
    hostId,
    attempts,
    isNewAttempt ? 1 : 0,
    at,
    at,
    at,
    agent.id,
    agent.generation,
  )
  if (changes === 0) return false
  if (isNewAttempt)
    db.run(
      `INSERT INTO attempts (agent_id, attempt, host_id, session_id, started_at) VALUES (?, ?, ?, ?, ?)`,
      agent.id,
      attempts,
      hostId,
      agent.session_id,
      at,
    )
  appendEvent(db, at, {
    type: attempts > 1 && isNewAttempt ? "agent.retrying" : "agent.starting",
    fleetId: agent.fleet_id,
    agentId: agent.id,
    data: { host_id: hostId, attempt: attempts },
  })
  return true
}
