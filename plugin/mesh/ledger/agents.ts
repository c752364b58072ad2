import type { Database } from "./driver.ts"
import type { AgentRow } from "./rows.ts"

export const insertAgent = (
  db: Database,
  agent: Pick<
    AgentRow,
    | "id"
    | "fleet_id"
    | "position"
    | "name"
    | "role"
    | "agent"
    | "model"
    | "prompt"
    | "directory"
    | "created_at"
  > &
    Partial<Pick<AgentRow, "budget">>,
) =>
  db.run(
    `INSERT INTO agents (id, fleet_id, position, name, role, agent, model, prompt, directory, budget,
       status, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?)`,
    agent.id,
    agent.fleet_id,
    agent.position,
    agent.name,
    agent.role,
    agent.agent,
    agent.model,
    agent.prompt,
    agent.directory,
    agent.budget ?? null,
    agent.created_at,
  )

export const agentById = (db: Database, id: string) =>
  db.get<AgentRow>("SELECT * FROM agents WHERE id = ?", id)

/** In the order in which they joined. */
export const agentsOfFleet = (db: Database, fleetId: string) =>
  db.all<AgentRow>("SELECT * FROM agents WHERE fleet_id = ? ORDER BY position", fleetId)

export const agentsOfHost = (db: Database, hostId: string) =>
  db.all<AgentRow>("SELECT * FROM agents WHERE host_id = ? ORDER BY position", hostId)

/** By id or by name; ids win. Two lookups cost less than one query with OR and its sorting. */
export const findAgent = (db: Database, fleetId: string, idOrName: string) => {
  const known = agentById(db, idOrName)
  if (known?.fleet_id === fleetId) return known
  return db.get<AgentRow>("SELECT * FROM agents WHERE fleet_id = ? AND name = ?", fleetId, idOrName)
}
