import type { Query, Tx } from "../port.ts"
import type { AgentRow } from "./rows.ts"

/** The answer of one turn of an agent. */
export interface OutputRow {
  agent_id: string
  generation: number
  output: string
  at: number
  /** What it answered: null its task, else the mail of its turn, as JSON of `Answered[]`. */
  answered: string | null
}

/** A message that an answer was given to. */
export interface Answered {
  type: string
  from: string
}

/** Oldest first. */
export const outputsOf = (db: Query, agentId: string) =>
  db.all<OutputRow>("SELECT * FROM outputs WHERE agent_id = ? ORDER BY generation", agentId)

export const recordOutput = (
  tx: Tx,
  agent: Pick<AgentRow, "id" | "generation">,
  output: string,
  answered: readonly Answered[] | null,
) =>
  tx.run(
    `INSERT INTO outputs (agent_id, generation, output, at, answered) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (agent_id, generation) DO UPDATE SET output = excluded.output, at = excluded.at,
       answered = excluded.answered`,
    agent.id,
    agent.generation,
    output,
    tx.at,
    answered && JSON.stringify(answered),
  )

/** Returns how many there were. */
export const forgetOutputs = async (tx: Tx, agentId: string) =>
  (await tx.run("DELETE FROM outputs WHERE agent_id = ?", agentId)).changes
