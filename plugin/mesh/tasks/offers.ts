import type { OfferRow, TaskRow } from "../ledger/tables/board/tasks.ts"
import type { AgentRow } from "../ledger/tables/rows.ts"
import { isWaitingToBegin } from "../mail/mail-wait.ts"
import { isEnded } from "../model/agent.ts"
import { claimableOf } from "./task.ts"

export interface Offer {
  agent: AgentRow
  /** What it could claim. */
  open: readonly TaskRow[]
  /** What it has and has not finished. */
  held?: TaskRow
}

/**
 * Which agents whose turn is over are told of the board: each of what it has in hand, and as many as there
 * are open tasks beyond the hands at work of those. Nobody is told of the same twice.
 */
export const planOffers = (
  board: readonly TaskRow[],
  agents: readonly AgentRow[],
  offers: readonly OfferRow[],
  /** Agents that are about to be woken by other mail. */
  waking: ReadonlySet<string>,
): Offer[] => {
  const told = new Set(offers.map((each) => keyOf(each, each.agent_id)))
  const heldBy = (agent: AgentRow) =>
    board.find(({ state, owner }) => state === "claimed" && owner === agent.id)
  const isAtHand = (agent: AgentRow) =>
    waking.has(agent.id) || (!isEnded(agent.status) && !isWaitingToBegin(agent))
  const resting = agents
    .filter(({ id, status }) => status === "complete" && !waking.has(id))
    // Whoever has just ended has the least to read again.
    .toSorted((a, b) => (b.ended_at ?? 0) - (a.ended_at ?? 0))
  const planned: Offer[] = []
  let hands = agents.filter((agent) => isAtHand(agent) && !heldBy(agent)).length
  const claimable = claimableOf(board)
  for (const agent of resting) {
    const held = heldBy(agent)
    if (held && !told.has(keyOf(held, agent.id))) planned.push({ agent, open: [], held })
    if (held || claimable.length <= hands) continue
    const open = claimable.filter((task) => !told.has(keyOf(task, agent.id)))
    if (open.length === 0) continue
    planned.push({ agent, open })
    hands++
  }
  return planned
}

const keyOf = ({ number, claims }: Pick<TaskRow, "number" | "claims">, agentId: string) =>
  `${number}:${claims}:${agentId}`
