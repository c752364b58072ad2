import { recordSums } from "./agents.ts"
import type { Query, Tx } from "../port.ts"

/** What one step of a model took, by the id of the message that holds its answer. */
export interface Usage {
  messageId: string
  tokens: number
  costUsd: number
}

/**
 * Counts each step once, however often it is told: what a resumed session is counted from again
 * neither doubles nor loses anything. The agent's own sums follow.
 */
export const recordUsage = async (tx: Tx, agentId: string, steps: readonly Usage[]) => {
  if (steps.length === 0) return
  for (const { messageId, tokens, costUsd } of steps)
    await tx.run(
      `INSERT INTO usage (agent_id, message_id, attempt, tokens, cost_usd, at)
       VALUES (?, ?, (SELECT attempts FROM agents WHERE id = ?), ?, ?, ?)
       ON CONFLICT (agent_id, message_id)
       DO UPDATE SET tokens = excluded.tokens, cost_usd = excluded.cost_usd`,
      agentId,
      messageId,
      agentId,
      tokens,
      costUsd,
      tx.at,
    )
  const sums = (await tx.get<{ tokens: number; cost_usd: number; turns: number }>(
    `SELECT sum(tokens) AS tokens, sum(cost_usd) AS cost_usd, count(*) AS turns
     FROM usage WHERE agent_id = ?`,
    agentId,
  ))!
  await recordSums(tx, agentId, sums)
}

/** How many steps an attempt came to. */
export const stepsOfAttempt = async (db: Query, agentId: string, attempt: number) =>
  (await db.get<{ steps: number }>(
    "SELECT count(*) AS steps FROM usage WHERE agent_id = ? AND attempt = ?",
    agentId,
    attempt,
  ))!.steps

/** With the sums of it. Returns how many steps there were. */
export const forgetUsage = async (tx: Tx, agentId: string) => {
  const { changes } = await tx.run("DELETE FROM usage WHERE agent_id = ?", agentId)
  if (changes > 0) await recordSums(tx, agentId, { tokens: 0, cost_usd: 0, turns: 0 })
  return changes
}
