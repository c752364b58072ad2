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

/** Every role that an agent registered. */
export const capabilitiesOf = (db: Query, agentId: string) =>
  db.all<CapabilityRow>("SELECT * FROM capabilities WHERE agent_id = ? ORDER BY role", agentId)

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

/** Of an agent, in its fleet, or of a specialist, in none. */
export const recordOutcome = (
  tx: Tx,
  { subject, fleetId }: { subject: string; fleetId: string | null },
  key: string,
  success: boolean,
) =>
  tx.run(
    `INSERT INTO outcomes (subject, capability_key, fleet_id, successes, failures) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (subject, capability_key) DO UPDATE SET
       successes = outcomes.successes + excluded.successes,
       failures = outcomes.failures + excluded.failures`,
    subject,
    key,
    fleetId,
    success ? 1 : 0,
    success ? 0 : 1,
  )

export interface Outcomes {
  successes: number
  failures: number
}

const summed =
  "SELECT subject, sum(successes) AS successes, sum(failures) AS failures FROM outcomes"

/** Of all specialists and of these agents, summed per subject. What others did asks nobody any more. */
export const outcomes = async (
  db: Query,
  agents: readonly string[],
): Promise<ReadonlyMap<string, Outcomes>> => {
  const rows = await db.all<Outcomes & { subject: string }>(
    `${summed} WHERE fleet_id IS NULL GROUP BY subject`,
  )
  for (const agent of agents)
    rows.push(
      ...(await db.all<Outcomes & { subject: string }>(
        `${summed} WHERE subject = ? GROUP BY subject`,
        agent,
      )),
    )
  return new Map(rows.map((row) => [row.subject, row]))
}

/** What it can do, and how it did: what is known of its specialist stays, and goes on counting. */
export const forgetCapabilities = async (tx: Tx, agentId: string) => {
  await tx.run("DELETE FROM capabilities WHERE agent_id = ?", agentId)
  await tx.run("DELETE FROM outcomes WHERE subject = ?", agentId)
}
