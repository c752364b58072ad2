import type { Query, Tx } from "../port.ts"
import type { AgentStatus } from "../../model/agent.ts"
import type { CapabilityRow } from "./rows.ts"

/** Registering a role again replaces its skills. */
export const registerCapability = (tx: Tx, row: CapabilityRow) =>
  tx.run(
    `INSERT INTO capabilities (agent_id, role, fleet_id, skills, model, context_window, registered_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (agent_id, role) DO UPDATE SET skills = excluded.skills,
       model = COALESCE(excluded.model, capabilities.model),
       context_window = COALESCE(excluded.context_window, capabilities.context_window),
       registered_at = excluded.registered_at`,
    row.agent_id,
    row.role,
    row.fleet_id,
    row.skills,
    row.model,
    row.context_window,
    row.registered_at,
  )

export interface CapableAgent extends CapabilityRow {
  name: string
  status: AgentStatus
  agent: string | null
}

/** Everybody in these fleets who can still be reached, with every role they registered. */
export const capableAgents = async (db: Query, fleetIds: readonly string[]) => {
  const agents: CapableAgent[] = []
  for (const id of fleetIds)
    agents.push(
      ...(await db.all<CapableAgent>(
        `SELECT c.*, a.name, a.status, a.agent FROM capabilities c JOIN agents a ON a.id = c.agent_id
         WHERE c.fleet_id = ? AND a.status <> 'cancelled' ORDER BY a.position, c.role`,
        id,
      )),
    )
  return agents
}

export const recordOutcome = (tx: Tx, subject: string, key: string, success: boolean) =>
  tx.run(
    `INSERT INTO outcomes (subject, capability_key, successes, failures) VALUES (?, ?, ?, ?)
     ON CONFLICT (subject, capability_key) DO UPDATE SET
       successes = outcomes.successes + excluded.successes,
       failures = outcomes.failures + excluded.failures`,
    subject,
    key,
    success ? 1 : 0,
    success ? 0 : 1,
  )

export interface Outcomes {
  successes: number
  failures: number
}

/** All outcomes, summed per subject. */
export const outcomes = async (db: Query): Promise<ReadonlyMap<string, Outcomes>> =>
  new Map(
    (
      await db.all<Outcomes & { subject: string }>(
        `SELECT subject, sum(successes) AS successes, sum(failures) AS failures
         FROM outcomes GROUP BY subject`,
      )
    ).map((row) => [row.subject, row]),
  )
