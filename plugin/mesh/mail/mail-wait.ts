import type { Caller } from "../model/caller.ts"
import { agentById, beginMailWait, endMailWait } from "../ledger/tables/agents.ts"
import type { Ledger } from "../ledger/ledger.ts"
import type { AgentRow } from "../ledger/tables/rows.ts"

type Waiting = Pick<AgentRow, "status" | "awaits_mail_at">

/** It has its task and begins with its first message. */
export const isWaitingToBegin = ({ status, awaits_mail_at }: Waiting) =>
  status === "queued" && awaits_mail_at !== null

/** It goes on, or begins, with the next message: its place is free for others meanwhile. */
export const isAwaitingMail = (agent: Waiting) =>
  isWaitingToBegin(agent) || (agent.status === "running" && agent.awaits_mail_at !== null)

/** What keeps an agent from going on, as everybody sees it. */
export const blockedOn = (agent: Waiting & Pick<AgentRow, "blocked_on">) =>
  agent.blocked_on ?? (isAwaitingMail(agent) ? "message" : null)

/**
 * Marks a member as waiting for as long as `wait` takes. It goes on at once when that resolves: it
 * does not queue for a place again.
 */
export const whileAwaitingMail = async <T>(
  ledger: Ledger,
  now: () => number,
  caller: Caller,
  wait: () => Promise<T>,
): Promise<T> => {
  // A member whose sub-session waits may be busy with something else.
  if (!caller.member || caller.delegated) return wait()
  const { agentId } = caller.member
  const generation = await ledger.transact(async (tx) => {
    const agent = await agentById(tx, agentId)
    if (agent?.status === "running") await beginMailWait(tx, agentId)
    return agent?.generation ?? 0
  })
  try {
    return await wait()
  } finally {
    await ledger.transact((tx) => endMailWait(tx, { id: agentId, generation }))
  }
}
