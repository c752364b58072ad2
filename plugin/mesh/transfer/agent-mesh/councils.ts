import type { AgentMesh, TheirRatification, TheirReceipt } from "./format.ts"
import type { Happened, Leave, NewRow, TheirFleet } from "./new-rows.ts"

/** Where each message that was taken over belongs. */
type Messages = ReadonlyMap<string, { at: number; fleetId: string }>

/** What our deliveries tell by themselves. */
const ofDeliveries = ["ack", "seen", "accepted", "injected", "acked", "parked"]

/** Receipts that stand, and proposals with the votes that count. */
export const councilRows = (
  source: AgentMesh,
  fleets: ReadonlyMap<string, TheirFleet>,
  messages: Messages,
  now: number,
  leave: Leave,
) => {
  const rows: NewRow[] = []
  const events: Happened[] = []
  const proposals = new Map<string, Proposal>()
  for (const each of Object.values(source.ratifications ?? {})) {
    const message = messages.get(each.message_id)
    if (message?.fleetId !== each.fleet_id || !fleets.has(each.fleet_id)) {
      leave("proposals whose message is not there")
      continue
    }
    const proposal = endOf(each, now)
    proposals.set(each.message_id, proposal)
    rows.push(ratificationRow(proposal))
    events.push({
      ...{ at: proposal.resolvedAt, type: "ratification.resolved", fleetId: each.fleet_id },
      data: { message_id: each.message_id, status: proposal.status, quorum: each.quorum },
    })
  }
  const kept = Object.values(source.receipts ?? {}).filter((receipt) => {
    if (ofDeliveries.includes(receipt.action)) return false
    const isVote = voteOf(receipt) !== undefined
    const why = !messages.has(receipt.message_id)
      ? "receipts whose message is not there"
      : receipt.action.startsWith("r-") && !(isVote && counts(receipt, proposals))
        ? "votes that did not count"
        : undefined
    if (why) leave(why)
    return why === undefined
  })
  const seen = new Set<string>()
  for (const receipt of numbered(kept).toSorted((a, b) => a.timestamp - b.timestamp)) {
    const key = JSON.stringify([receipt.message_id, receipt.agent_id, receipt.action])
    if (seen.has(key)) continue
    seen.add(key)
    const message = messages.get(receipt.message_id)!
    const at = Math.max(receipt.timestamp, message.at)
    const { message_id, agent_id: actor, action, note } = receipt
    rows.push({
      table: "receipts",
      row: { ...{ seq: seen.size, message_id, actor, action, note }, at },
    })
    const vote = voteOf(receipt)
    events.push({
      ...{ at, type: vote ? "vote.cast" : "receipt.written", fleetId: message.fleetId },
      agentId: fleets.get(message.fleetId)?.agents.has(actor) ? actor : undefined,
      data: vote
        ? { message_id, voter: actor, approve: vote.way === "r-ack", action }
        : { message_id, action, ...(note && { note }) },
    })
  }
  return { rows, events }
}

interface Proposal extends TheirRatification {
  resolvedAt: number
}

/** Nobody votes on it any more: what was open when it was taken over has expired. */
const endOf = (each: TheirRatification, now: number): Proposal => ({
  ...each,
  status: each.status === "open" ? "expired" : each.status,
  resolvedAt: each.status === "open" ? now : (each.resolved_at ?? each.deadline ?? now),
})

const ratificationRow = (each: Proposal): NewRow => ({
  table: "ratifications",
  row: {
    ...{ message_id: each.message_id, fleet_id: each.fleet_id, subject: each.subject },
    ...{ quorum: each.quorum, silence_policy: each.silence_policy, status: each.status },
    voters: JSON.stringify(
      [...new Set(each.voters)].map((voter) => ({
        voter,
        weight: each.weights?.[voter] ?? 1,
        signoff: each.required_signoffs?.includes(voter) ?? false,
      })),
    ),
    ...{ deadline_at: each.deadline, opened_at: each.opened_at, resolved_at: each.resolvedAt },
  },
})

const counts = (
  { message_id, agent_id, timestamp }: TheirReceipt,
  proposals: ReadonlyMap<string, Proposal>,
) => {
  const proposal = proposals.get(message_id)
  return (
    proposal !== undefined &&
    proposal.voters.includes(agent_id) &&
    timestamp <= proposal.resolvedAt &&
    timestamp <= (proposal.deadline ?? Infinity)
  )
}

/** Their second vote of a voter is number 1, ours is number 2. */
const voteOf = ({ action }: TheirReceipt) => {
  const [whole, way, number] = /^(r-ack|r-decline)(?::(0|[1-9]\d{0,14}))?$/.exec(action) ?? []
  return whole === undefined ? undefined : { way: way!, number: Number(number ?? 0) }
}

const numbered = (receipts: readonly TheirReceipt[]): TheirReceipt[] => {
  const votes = receipts.filter((each) => voteOf(each) !== undefined)
  const byVoter = Map.groupBy(votes, (each) => JSON.stringify([each.message_id, each.agent_id]))
  const cast = [...byVoter.values()].flatMap((each) =>
    each.toSorted(inTheirOrder).map((vote, index) => ({
      ...vote,
      action: index === 0 ? voteOf(vote)!.way : `${voteOf(vote)!.way}:${index + 1}`,
    })),
  )
  return [...receipts.filter((each) => voteOf(each) === undefined), ...cast]
}

/** The last is the one that counts: the highest number, then the later one, then a decline. */
const inTheirOrder = (a: TheirReceipt, b: TheirReceipt) =>
  voteOf(a)!.number - voteOf(b)!.number ||
  a.timestamp - b.timestamp ||
  (voteOf(a)!.way < voteOf(b)!.way ? -1 : 1)
