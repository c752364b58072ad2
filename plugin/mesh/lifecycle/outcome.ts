import type { Failure } from "../model/agent.ts"
import { dropQuestionsOf } from "../questions/asking.ts"
import type { NewId } from "../model/ids.ts"
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
  const { changes } = db.run(
    `UPDATE agents SET status = ?, ended_at = ?, error_code = ?, error_detail = ?,
       output = COALESCE(?, output), activity = NULL, blocked_on = NULL, awaits_mail_at = NULL, not_before = NULL,
       worked_ms = worked_ms + COALESCE(? - turn_at, 0), turn_at = NULL
     WHERE id = ? AND generation = ? AND status IN ('queued', 'starting', 'running', 'interrupted')`,
    end.status,
    at,
    failure?.code ?? null,
    failure?.detail ?? null,
    end.status === "complete" ? end.output : null,
    at,
    agent.id,
    agent.generation,
  )
  if (changes === 0) return false
  dropQuestionsOf(db, at, agent, `the agent has ended: ${end.status}`)
  if (end.status === "complete")
    db.run(
      `INSERT INTO outputs (agent_id, generation, output, at) VALUES (?, ?, ?, ?)
       ON CONFLICT (agent_id, generation) DO UPDATE SET output = excluded.output, at = excluded.at`,
      agent.id,
      agent.generation,
      end.output,
      at,
    )
  db.run(
    `UPDATE attempts SET ended_at = ?, cause = ?,
       partial = (SELECT partial FROM agents WHERE id = ?)
     WHERE agent_id = ? AND attempt = ? AND ended_at IS NULL`,
    at,
    failure ? `${failure.code}: ${failure.detail}` : "complete",
    agent.id,
    agent.id,
    agent.attempts,
  )
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
