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
      `INSERT INTO usage (agent_id, message_id, attempt, tokens, cost_usd)
       VALUES (?, ?, (SELECT attempts FROM agents WHERE id = ?), ?, ?)
       ON CONFLICT (agent_id, message_id)
       DO UPDATE SET tokens = excluded.tokens, cost_usd = excluded.cost_usd`,
      agentId,
      messageId,
      agentId,
      tokens,
      costUsd,
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
