import type { Failure } from "../model/agent.ts"
import { dropQuestionsOf } from "../questions/asking.ts"
import type { NewId } from "../model/ids.ts"
import { moveToEnd } from "../ledger/agents.ts"
import { endAttempt, recordOutput } from "../ledger/attempts.ts"
import type { Database } from "../ledger/driver.ts"
import { appendEvent } from "../ledger/events.ts"
import type { AgentRow } from "../ledger/rows.ts"
import { notifyLead, settleAndTell } from "../mail/notices.ts"

export type AgentEnd =
  | { status: "complete"; output: string }
  | { status: "failed" | "cancelled"; failure: Failure }

/**
 * Writes the end of an agent's turn, its event and what follows for the fleet. First reason wins: an
 * agent that has ended, or has moved on to another generation, is left as it is and false returned.
 */
export const endAgent = (
  db: Database,
  newId: NewId,
  at: number,
  agent: Pick<AgentRow, "id" | "name" | "fleet_id" | "generation" | "attempts" | "stop_reason">,
  end: AgentEnd,
): boolean => {
  const failure = end.status === "complete" ? undefined : end.failure
  const output = end.status === "complete" ? end.output : null
  if (!moveToEnd(db, at, agent, { status: end.status, failure, output })) return false
  dropQuestionsOf(db, at, agent, `the agent has ended: ${end.status}`)
  if (output !== null) recordOutput(db, at, agent, output)
  endAttempt(db, at, agent, failure ? `${failure.code}: ${failure.detail}` : "complete")
  appendEvent(db, at, {
    type: `agent.${end.status}`,
    fleetId: agent.fleet_id,
    agentId: agent.id,
    data: failure ? { ...failure } : {},
  })
  if (end.status === "failed")
    notifyLead(
      db,
      newId,
      at,
      agent.fleet_id,
      `Agent "${agent.name}" of ${agent.fleet_id} failed: ${end.failure.code}: ${end.failure.detail}`,
    )
  settleAndTell(db, newId, at, agent.fleet_id)
  return true
}
