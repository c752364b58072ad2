import type { Tx } from "../ledger/port.ts"
import { fleetById, markCollected } from "../ledger/tables/fleets.ts"
import { insertDelivery, insertMessage } from "../ledger/tables/messages.ts"
import type { MessageRow } from "../ledger/tables/rows.ts"
import { oneLine } from "../prompts.ts"
import { leadName, leadRecipient, systemSender } from "../model/message.ts"

/**
 * News is out of date once the lead has read how its fleet stands; a request waits for an answer; an
 * aside begins no turn and ends no waiting: it goes with what is delivered next.
 */
export type NoticeKind = "news" | "request" | "aside"
const typeOf = { news: "alert", request: "request_help", aside: "result" } as const

export const isAside = ({
  from_agent_id,
  type,
}: Pick<MessageRow, "from_agent_id" | "type">): boolean =>
  from_agent_id === systemSender && type === typeOf.aside

/** By which news of an agent's silence is withdrawn once it has ended or moved on. */
export const stallOf = (agentId: string) => `stall:${agentId}`

interface NoticeOptions {
  /** What agents wrote, as `quote` frames it. All else of a notice is one line. */
  quoted?: string | undefined
  /** The id by which it is withdrawn when it is out of date before it was read. */
  about?: string | null
  /** How many messages in a row, and nothing else, led to it. */
  autoReplies?: number
}

/** Tells the lead something once. It travels as mail does, in the transaction of what it tells. */
export const notifyLead = async (
  tx: Tx,
  fleetId: string,
  text: string,
  kind: NoticeKind = "news",
  { about = null, autoReplies = 0, quoted }: NoticeOptions = {},
) => {
  const seq = await insertMessage(tx, {
    id: tx.newId.message(),
    fleet_id: fleetId,
    from_agent_id: systemSender,
    to_agent_id: leadName,
    type: typeOf[kind],
    payload: quoted === undefined ? oneLine(text) : `${oneLine(text)}\n\n${quoted}`,
    payload_kind: "text",
    correlation_id: about,
    via: null,
    hops: 0,
    whole: 1,
    auto_replies: autoReplies,
    created_at: tx.at,
  })
  await insertDelivery(
    tx,
    {
      recipient: leadRecipient(fleetId),
      message_seq: seq,
      wake: kind === "aside" ? 0 : 1,
      accepted_at: tx.at,
    },
    true,
  )
}

/** Tells an agent something with what it reads next; no inbox shows it. Unless it says so, it wakes nobody. */
export const notifyAgent = async (
  tx: Tx,
  agent: { id: string; fleet_id: string },
  text: string,
  { about = null, wakes = false }: { about?: string | null; wakes?: boolean } = {},
) => {
  const seq = await insertMessage(tx, {
    id: tx.newId.message(),
    fleet_id: agent.fleet_id,
    from_agent_id: systemSender,
    to_agent_id: agent.id,
    type: "alert",
    payload: oneLine(text),
    payload_kind: "text",
    correlation_id: about,
    via: null,
    hops: 0,
    created_at: tx.at,
  })
  await insertDelivery(
    tx,
    { recipient: agent.id, message_seq: seq, wake: wakes ? 1 : 0, accepted_at: tx.at },
    true,
  )
}

/** Marks the news of an end that brings all results with it. */
export const wholeResults = "results"

/** Whoever has read that has read the results, without asking for them. */
export const noteRead = async (tx: Tx, { from_agent_id, correlation_id, fleet_id }: MessageRow) => {
  if (from_agent_id !== systemSender || correlation_id !== wholeResults) return
  // A fleet that was reopened since has more to bring.
  if ((await fleetById(tx, fleet_id))!.status !== "running") await markCollected(tx, fleet_id)
}
