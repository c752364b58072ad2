import type { TaskRow } from "../ledger/tables/board/tasks.ts"
import type { AgentRow } from "../ledger/tables/rows.ts"
import { isAwaitingMail } from "../mail/mail-wait.ts"

/** A claim whose holder has been silent for too long. */
export interface OverdueClaim {
  task: TaskRow
  agent: AgentRow
  silentMs: number
}

/**
 * Claims that are given back although their holders live: at work without a sign of activity, or at rest,
 * for longer than the lease. Whoever waits for a person, its provider or mail is not silent.
 */
export const overdueClaims = (
  claims: readonly TaskRow[],
  agents: readonly AgentRow[],
  since: (instant: number) => number,
  leaseMs: number,
): OverdueClaim[] =>
  claims.flatMap((task) => {
    const holder = agents.find(({ id }) => id === task.owner)
    const from = holder && silentSince(holder)
    // Whatever it did before, it has given a sign of life by claiming.
    const silentMs = from === undefined ? 0 : since(Math.max(from, task.claimed_at ?? 0))
    return holder && silentMs > leaseMs ? [{ task, agent: holder, silentMs }] : []
  })

const silentSince = (agent: AgentRow) => {
  if (agent.status === "complete") return agent.ended_at ?? undefined
  const isWaiting = agent.blocked_on !== null || isAwaitingMail(agent)
  if (agent.status !== "running" || isWaiting) return undefined
  return agent.activity_at ?? undefined
}
