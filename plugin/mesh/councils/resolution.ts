import { agentById } from "../ledger/tables/agents.ts"
import {
  openRatifications,
  type RatificationRow,
  resolveRatification,
} from "../ledger/tables/councils/ratifications.ts"
import { receiptsOf } from "../ledger/tables/councils/receipts.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import { messageById } from "../ledger/tables/messages.ts"
import type { Query, Tx } from "../ledger/port.ts"
import { notifyAgent, notifyLead } from "../mail/notices.ts"
import { leadName, personName } from "../model/message.ts"
import { cut, inQuotes } from "../prompts.ts"
import { type Council, isOver, tally, type Tally, totalWeight, type Voter } from "./tally.ts"

export const councilOf = (row: RatificationRow): Council => ({
  status: row.status,
  quorum: row.quorum,
  voters: JSON.parse(row.voters) as Voter[],
  silence: row.silence_policy,
  deadlineAt: row.deadline_at,
})

export const tallyOf = async (db: Query, row: RatificationRow, at: number) =>
  tally(councilOf(row), await receiptsOf(db, row.message_id), at)

/**
 * Writes the end that a vote or the deadline has brought, once, and tells it: the lead by a notice,
 * the voters with what they read next. Whoever is in `knows` reads it in the answer to its call.
 */
export const settleRatification = async (tx: Tx, row: RatificationRow, knows?: string) => {
  const counted = await tallyOf(tx, row, tx.at)
  if (counted.status === "open" || !(await resolveRatification(tx, row.message_id, counted.status)))
    return counted
  const { approving, declining, silent, status } = counted
  await appendEvent(tx, {
    type: "ratification.resolved",
    fleetId: row.fleet_id,
    data: { message_id: row.message_id, status, approving, declining, silent, quorum: row.quorum },
  })
  const text = outcomeText(row, counted)
  if (knows !== leadName) {
    const proposal = (await messageById(tx, row.message_id))!
    const hasNotes = counted.votes.some(({ vote }) => vote && vote.note !== null)
    await notifyLead(
      tx,
      row.fleet_id,
      hasNotes ? `${text} tally_ratification shows what voters noted.` : text,
      "request",
      { about: row.message_id, autoReplies: proposal.auto_replies + 1 },
    )
  }
  for (const { voter } of counted.votes) {
    if (voter === knows || voter === leadName || voter === personName) continue
    const agent = (await agentById(tx, voter))!
    if (agent.status !== "cancelled") await notifyAgent(tx, agent, text, { about: row.message_id })
  }
  return counted
}

const outcomeText = ({ message_id, subject, quorum }: RatificationRow, counted: Tally) => {
  const { status, approving, declining, silent, votes } = counted
  return `Proposal ${message_id} ${inQuotes(cut(subject, 120))} is ${status}: ${approving} of ${totalWeight(votes)} approve, ${declining} decline, ${silent} silent; the quorum is ${quorum}.`
}

/** Those whose deadline has passed: only these change without a vote. */
export const overdueRatifications = async (db: Query, fleetId: string, at: number) =>
  (await openRatifications(db, fleetId)).filter((row) => isOver(councilOf(row), at))

export const sweepFleet = async (tx: Tx, fleetId: string) => {
  for (const row of await overdueRatifications(tx, fleetId, tx.at))
    await settleRatification(tx, row)
}
