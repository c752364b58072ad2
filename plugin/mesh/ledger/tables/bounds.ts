import type { Query, Tx } from "../port.ts"

/** What whoever brought an agent might do then, as JSON of permission rules. */
export const noteBounds = (tx: Tx, agentId: string, rules: string) =>
  tx.run("INSERT INTO bounds (agent_id, rules) VALUES (?, ?)", agentId, rules)

/** Nothing for the agents of a person in a terminal. */
export const boundsOf = async (db: Query, agentId: string) =>
  (await db.get<{ rules: string }>("SELECT rules FROM bounds WHERE agent_id = ?", agentId))?.rules

export const forgetBounds = (tx: Tx, agentId: string) =>
  tx.run("DELETE FROM bounds WHERE agent_id = ?", agentId)
