import type { Query, Tx } from "../port.ts"
import type { AgentRow, AttemptRow } from "./rows.ts"

/** Oldest first. */
export const attemptsOf = (db: Query, agentId: string) =>
  db.all<AttemptRow>("SELECT * FROM attempts WHERE agent_id = ? ORDER BY attempt", agentId)

export const insertAttempt = (
  tx: Tx,
  attempt: Pick<AttemptRow, "agent_id" | "attempt" | "host_id" | "session_id" | "started_at">,
) =>
  tx.run(
    `INSERT INTO attempts (agent_id, attempt, host_id, session_id, started_at) VALUES (?, ?, ?, ?, ?)`,
    attempt.agent_id,
    attempt.attempt,
    attempt.host_id,
    attempt.session_id,
    attempt.started_at,
  )

/** An attempt by its agent. */
type Attempted = Pick<AgentRow, "id" | "attempts">

/**
 * Where the attempt goes on, and what its model is told. Returns the system text that counts: the
 * first one of the attempt stays.
 */
export const enterSession = async (
  tx: Tx,
  agent: Attempted,
  { sessionId, hostId, systemText }: { sessionId: string; hostId: string; systemText: string },
) => {
  await tx.run(
    `UPDATE attempts SET session_id = ?, host_id = ?, system_text = COALESCE(system_text, ?)
     WHERE agent_id = ? AND attempt = ?`,
    sessionId,
    hostId,
    systemText,
    agent.id,
    agent.attempts,
  )
  return (await tx.get<{ system_text: string }>(
    "SELECT system_text FROM attempts WHERE agent_id = ? AND attempt = ?",
    agent.id,
    agent.attempts,
  ))!.system_text
}

/** Another attempt follows: a former end, from before the agent was woken, is not the last word. */
export const breakAttempt = (tx: Tx, agent: Attempted & Pick<AgentRow, "partial">, cause: string) =>
  tx.run(
    "UPDATE attempts SET ended_at = ?, cause = ?, partial = ? WHERE agent_id = ? AND attempt = ?",
    tx.at,
    cause,
    agent.partial,
    agent.id,
    agent.attempts,
  )

/** The first end of an attempt stays, however often the agent is woken in it. */
export const endAttempt = (tx: Tx, agent: Attempted, cause: string) =>
  tx.run(
    `UPDATE attempts SET ended_at = ?, cause = ?,
       partial = (SELECT partial FROM agents WHERE id = ?)
     WHERE agent_id = ? AND attempt = ? AND ended_at IS NULL`,
    tx.at,
    cause,
    agent.id,
    agent.id,
    agent.attempts,
  )

export const forgetAttempts = (tx: Tx, agentId: string) =>
  tx.run("DELETE FROM attempts WHERE agent_id = ?", agentId)
