import type { Tx } from "../ledger/port.ts"
import { insertDelivery, insertMessage } from "../ledger/tables/messages.ts"
import { leadName, leadRecipient, systemSender } from "../model/message.ts"

/** News is out of date once the lead has read how its fleet stands; a request waits for an answer. */
export type NoticeKind = "news" | "request"

/** Tells the lead something once. It travels as mail does, in the transaction of what it tells. */
export const notifyLead = async (
  tx: Tx,
  fleetId: string,
  text: string,
  kind: NoticeKind = "news",
  /** The id by which it is withdrawn when it is out of date before it was read. */
  about: string | null = null,
) => {
  const seq = await insertMessage(tx, {
    id: tx.newId.message(),
    fleet_id: fleetId,
    from_agent_id: systemSender,
    to_agent_id: leadName,
    type: kind === "news" ? "alert" : "request_help",
    payload: text,
    payload_kind: "text",
    correlation_id: about,
    via: null,
    hops: 0,
    whole: 1,
    created_at: tx.at,
  })
  await insertDelivery(
    tx,
    { recipient: leadRecipient(fleetId), message_seq: seq, wake: 1, accepted_at: tx.at },
    true,
  )
}
