import type { Failure } from "../model/agent.ts"
import { dropQuestionsOf } from "../questions/asking.ts"
import { moveToEnd } from "../ledger/tables/agents.ts"
import { endAttempt, recordOutput } from "../ledger/tables/attempts.ts"
import type { Tx } from "../ledger/port.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import type { AgentRow } from "../ledger/tables/rows.ts"
import { notifyLead, settleAndTell } from "../mail/notices.ts"

export type AgentEnd =
  | { status: "complete"; output: string }
  | { status: "failed" | "cancelled"; failure: Failure }

/**
 * Writes the end of an agent's turn, its event and what follows for the fleet. First reason wins: an
 * agent that has ended, or has moved on to another generation, is left as it is and false returned.
 */
export const endAgent = async (
  tx: Tx,
  agent: Pick<AgentRow, "id" | "name" | "fleet_id" | "generation" | "attempts" | "stop_reason">,
  end: AgentEnd,
): Promise<boolean> => {
  const failure = end.status === "complete" ? undefined : end.failure
  const output = end.status === "complete" ? end.output : null
  if (!(await moveToEnd(tx, agent, { status: end.status, failure, output }))) return false
  await dropQuestionsOf(tx, agent, `the agent has ended: ${end.status}`)
  if (output !== null) await recordOutput(tx, agent, output)
  await endAttempt(tx, agent, failure ? `${failure.code}: ${failure.detail}` : "complete")
  await appendEvent(tx, {
    type: `agent.${end.status}`,
    fleetId: agent.fleet_id,
    agentId: agent.id,
    data: failure ? { ...failure } : {},
  })
  if (end.status === "failed")
    await notifyLead(
      tx,
      agent.fleet_id,
      `Agent "${agent.name}" of ${agent.fleet_id} failed: ${end.failure.code}: ${end.failure.detail}`,
    )
  await settleAndTell(tx, agent.fleet_id)
  return true
}
