import type { Failure } from "../model/agent.ts"
import { dropQuestionsOf } from "../questions/asking.ts"
import type { NewId } from "../model/ids.ts"
import { moveToEnd } from "../ledger/agents.ts"
import { endAttempt, recordOutput } from "../ledger/attempts.ts"
import type { Tx } from "../ledger/port.ts"
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
  tx: Tx,
  agent: Pick<AgentRow, "id" | "name" | "fleet_id" | "generation" | "attempts" | "stop_reason">,
  end: AgentEnd,
): boolean => {
  const failure = end.status === "complete" ? undefined : end.failure
  const output = end.status === "complete" ? end.output : null
  if (!moveToEnd(tx, agent, { status: end.status, failure, output })) return false
  dropQuestionsOf(tx, agent, `the agent has ended: ${end.status}`)
  if (output !== null) recordOutput(tx, agent, output)
  endAttempt(tx, agent, failure ? `${failure.code}: ${failure.detail}` : "complete")
  appendEvent(tx, {
    type: `agent.${end.status}`,
    fleetId: agent.fleet_id,
    agentId: agent.id,
    data: failure ? { ...failure } : {},
  })
  if (end.status === "failed")
    notifyLead(
      tx,
      agent.fleet_id,
      `Agent "${agent.name}" of ${agent.fleet_id} failed: ${end.failure.code}: ${end.failure.detail}`,
    )
  settleAndTell(tx, agent.fleet_id)
  return true
}
