import type { Actor, IsAlive } from "../access.ts"
import { endWaitToBegin } from "../ledger/tables/agents.ts"
import { appendEvent, appendEvents, type EventDraft } from "../ledger/tables/events.ts"
import {
  highestHop,
  insertDeliveries,
  insertDelivery,
  insertMessage,
  insertMessages,
  type NewDelivery,
  type NewMessage,
} from "../ledger/tables/messages.ts"
import type { Ledger } from "../ledger/ledger.ts"
import type { Tx } from "../ledger/port.ts"
import type { Caller } from "../model/caller.ts"
import type { WakeCaps } from "../model/config.ts"
import { MeshError } from "../model/errors.ts"
import { mapInOrder } from "../model/in-order.ts"
import { everyone, leadName, maxPayloadBytes, type MessageType } from "../model/message.ts"
import { describeExchanges, tellCapped } from "./caps.ts"
import type { Exchanges } from "./exchanges.ts"
import type { Recipient } from "./recipients.ts"
import { memberSender, requireSender } from "./senders.ts"

export type Payload = string | Record<string, unknown> | unknown[]

export interface OutgoingDeps {
  ledger: Ledger
  isAlive: IsAlive
  exchanges: Pick<Exchanges, "repliesOf" | "repliesTo">
  caps: WakeCaps
}

interface Claims {
  to_agent_id: string
  fleet_id?: string | undefined
  from_agent_id?: string | undefined
}

/**
 * How many messages in a row led to what the caller sends now. Beyond the cap it is refused, and its
 * lead is told once that it talks in circles; a fleet that is not there is the greater error.
 */
export const repliesWithinCap = async (
  { ledger, isAlive, exchanges, caps }: OutgoingDeps,
  caller: Caller,
  claims: Claims,
): Promise<number> => {
  const replies = caller.human ? 0 : exchanges.repliesOf(caller.sessionId)
  const isRepeated =
    replies > 0 && exchanges.repliesTo(caller.sessionId, claims.to_agent_id) >= caps.replies / 2
  if (replies < caps.replies && !isRepeated) return replies
  throw await ledger.transact(async (tx) => {
    const { fleetId } =
      memberSender(caller, claims) ?? (await requireSender(tx, caller, claims, isAlive))
    const detail = describeExchanges(caps)
    const held = `messages of ${caller.member ? `"${caller.member.name}"` : "the lead"} are refused`
    await tellCapped(tx, fleetId, { held, detail, caps })
    return new MeshError(
      "LIMIT_REACHED",
      `Not sent: it would go beyond ${detail}.`,
      "Go on with your work and write when it has brought something new, or end your turn with what is to be said.",
    )
  })
}

export const encodePayload = (payload: Payload) => {
  const kind = typeof payload === "string" ? ("text" as const) : ("json" as const)
  const text = typeof payload === "string" ? payload : JSON.stringify(payload)
  const bytes = Buffer.byteLength(text)
  if (bytes > maxPayloadBytes)
    throw new MeshError(
      "PAYLOAD_TOO_LARGE",
      `The payload has ${bytes} bytes; the limit is ${maxPayloadBytes}.`,
      "Write the content to a file and send its path with a summary.",
    )
  return { text, kind }
}

/** A message that is checked and addressed. */
export interface Outgoing {
  fleetId: string
  /** Without one it is the lead's. */
  sender?: Actor | undefined
  viaLead: boolean
  to: string
  recipients: readonly Recipient[]
  type: MessageType
  payload: { text: string; kind: "text" | "json" }
  correlationId?: string | undefined
  isWhole?: boolean
  autoReplies: number
}

/** The message, one delivery for each recipient, and the event. */
export const fileMessage = async (tx: Tx, message: Outgoing) => {
  const { fleetId, correlationId, recipients } = message
  const id = tx.newId.message()
  const hops = correlationId ? (await highestHop(tx, fleetId, correlationId)) + 1 : 0
  const seq = await insertMessage(tx, rowOf(tx, message, { id, hops }))
  for (const recipient of recipients) {
    await insertDelivery(tx, deliveryOf(tx, recipient, seq))
    if (recipient.begins) await endWaitToBegin(tx, recipient.id)
  }
  await appendEvent(tx, eventOf(message, id))
  return shownAs(message, id)
}

/** Each message in order: as if they were filed one by one, in a third of the time. */
export const fileMessages = async (tx: Tx, outgoing: readonly Outgoing[]) => {
  // Nearly all calls send one, and what serves many costs that a sixth more.
  if (outgoing.length === 1) return [await fileMessage(tx, outgoing[0]!)]
  const hopsOf = createHopCount(tx)
  const ids = outgoing.map(() => tx.newId.message())
  const rows = await mapInOrder(outgoing, async (message, index) =>
    rowOf(tx, message, { id: ids[index]!, hops: await hopsOf(message) }),
  )
  const seqs = await insertMessages(tx, rows)
  await insertDeliveries(
    tx,
    outgoing.flatMap(({ recipients }, index) =>
      recipients.map((recipient) => deliveryOf(tx, recipient, seqs[index]!)),
    ),
  )
  for (const { recipients } of outgoing)
    for (const { id, begins } of recipients) if (begins) await endWaitToBegin(tx, id)
  await appendEvents(
    tx,
    outgoing.map((message, index) => eventOf(message, ids[index]!)),
  )
  return outgoing.map((message, index) => shownAs(message, ids[index]!))
}

const rowOf = (
  tx: Tx,
  message: Outgoing,
  { id, hops }: { id: string; hops: number },
): NewMessage => ({
  id,
  fleet_id: message.fleetId,
  from_agent_id: message.sender?.id ?? leadName,
  to_agent_id: shownAddress(message),
  type: message.type,
  payload: message.payload.text,
  payload_kind: message.payload.kind,
  correlation_id: message.correlationId ?? null,
  via: message.viaLead ? leadName : null,
  whole: message.isWhole ? 1 : 0,
  hops,
  auto_replies: message.autoReplies,
  created_at: tx.at,
})

const deliveryOf = (tx: Tx, { id, wake }: Recipient, seq: number): NewDelivery => ({
  recipient: id,
  message_seq: seq,
  wake: wake ? 1 : 0,
  accepted_at: tx.at,
})

const eventOf = (
  { fleetId, sender, type, recipients, viaLead, correlationId }: Outgoing,
  id: string,
): EventDraft<"message.sent"> => ({
  type: "message.sent",
  fleetId,
  agentId: sender?.id ?? null,
  data: {
    message_id: id,
    type,
    to: recipients.map((recipient) => recipient.shown),
    ...(viaLead && { via: leadName }),
    ...(correlationId && { correlation_id: correlationId }),
  },
})

const shownAs = ({ recipients }: Outgoing, id: string) => ({
  message_id: id,
  recipients: recipients.map((recipient) => recipient.shown),
  ...(recipients[0]?.reads && { reads_it: recipients[0].reads }),
})

const shownAddress = ({ to, recipients }: Outgoing) =>
  recipients.length === 1 && to !== everyone ? recipients[0]!.shown : to

/** How many messages of a correlation come before the next, those of this call among them. */
const createHopCount = (tx: Tx) => {
  const highest = new Map<string, number>()
  return async ({ fleetId, correlationId }: Outgoing) => {
    if (!correlationId) return 0
    const key = `${fleetId} ${correlationId}`
    const hops = (highest.get(key) ?? (await highestHop(tx, fleetId, correlationId))) + 1
    highest.set(key, hops)
    return hops
  }
}
