import { mapInOrder } from "../model/in-order.ts"
import {
  actingAs,
  impliedFleet,
  type IsAlive,
  isInReach,
  isLeadOf,
  refuseDelegated,
  refuseOtherIdentity,
  requireFleet,
  requireLead,
  speaksAsLead,
} from "../access.ts"
import type { Caller } from "../model/caller.ts"
import { MeshError } from "../model/errors.ts"
import { createInbox, type InboxDeps } from "./inbox.ts"
import type { Query, Tx } from "../ledger/port.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import { fleetById } from "../ledger/tables/fleets.ts"
import {
  acknowledge,
  deliveriesOf,
  highestHop,
  insertDelivery,
  insertMessage,
  messageById,
} from "../ledger/tables/messages.ts"
import { nextPartBytes, partOfText } from "../model/long-text.ts"
import type { FleetRow } from "../ledger/tables/rows.ts"
import {
  everyone,
  leadName,
  leadRecipient,
  maxPayloadBytes,
  type MessageType,
} from "../model/message.ts"
import { recipientsOf } from "./recipients.ts"

export interface MessageDraft {
  to_agent_id: string
  type: MessageType
  payload: string | Record<string, unknown> | unknown[]
  fleet_id?: string | undefined
  from_agent_id?: string | undefined
  correlation_id?: string | undefined
  wake?: boolean | undefined
  /** A handoff that enters the recipient's context whole, however long it is. */
  whole?: boolean | undefined
}

export interface MessagesDeps extends InboxDeps {
  isAlive: IsAlive
}

export const createMessages = (deps: MessagesDeps) => {
  const { ledger, isAlive } = deps

  const sendAll = async (caller: Caller, drafts: readonly MessageDraft[]) => {
    const payloads = drafts.map(encodePayload)
    return ledger.transact((tx) =>
      mapInOrder(drafts, (draft, index) => sendOne(tx, caller, draft, payloads[index]!)),
    )
  }

  const sendOne = async (
    tx: Tx,
    caller: Caller,
    draft: MessageDraft,
    payload: { text: string; kind: "text" | "json" },
  ) => {
    const fleet = await fleetOf(tx, caller, draft)
    const sender = await actingAs(tx, caller, fleet, draft.from_agent_id)
    if (!sender.agent && !speaksAsLead(caller, fleet)) await requireLead(tx, caller, fleet, isAlive)
    const recipients = await recipientsOf(tx, fleet, sender.agent, draft)
    const id = tx.newId.message()
    const from = sender.agent?.id ?? leadName
    const seq = await insertMessage(tx, {
      id,
      fleet_id: fleet.id,
      from_agent_id: from,
      to_agent_id:
        recipients.length === 1 && draft.to_agent_id !== everyone
          ? recipients[0]!.shown
          : draft.to_agent_id,
      type: draft.type,
      payload: payload.text,
      payload_kind: payload.kind,
      correlation_id: draft.correlation_id ?? null,
      via: sender.viaLead ? leadName : null,
      whole: draft.whole && draft.type === "handoff" ? 1 : 0,
      hops: draft.correlation_id ? (await highestHop(tx, fleet.id, draft.correlation_id)) + 1 : 0,
      created_at: tx.at,
    })
    for (const recipient of recipients)
      await insertDelivery(tx, {
        recipient: recipient.id,
        message_seq: seq,
        wake: recipient.wake ? 1 : 0,
        accepted_at: tx.at,
      })
    await appendEvent(tx, {
      type: "message.sent",
      fleetId: fleet.id,
      agentId: sender.agent?.id ?? null,
      data: {
        message_id: id,
        type: draft.type,
        to: recipients.map((recipient) => recipient.shown),
        ...(sender.viaLead && { via: leadName }),
        ...(draft.correlation_id && { correlation_id: draft.correlation_id }),
      },
    })
    return { message_id: id, recipients: recipients.map((recipient) => recipient.shown) }
  }

  return {
    async send(caller: Caller, draft: MessageDraft) {
      return (await sendAll(caller, [draft]))[0]!
    },

    /** All or none. */
    sendMany: sendAll,

    inbox: createInbox(deps),

    /** A part of one long message, for whoever received it, and for the lead. */
    async readOn(caller: Caller, messageId: string, offset: number) {
      return ledger.read(async (db) => {
        const { message, fleet } = await requireMessage(db, caller, messageId)
        const recipient = caller.member?.agentId ?? leadRecipient(fleet.id)
        const isTheirs =
          isLeadOf(caller, fleet) ||
          message.from_agent_id === recipient ||
          (await deliveriesOf(db, message.seq)).some((each) => each.recipient === recipient)
        if (!isTheirs)
          throw new MeshError(
            "NOT_A_RECIPIENT",
            `Message ${messageId} was not sent to you.`,
            "Ask its recipient for it.",
          )
        const { text, next } = partOfText(message.payload, offset, nextPartBytes)
        return {
          message_id: message.id,
          payload: text,
          offset,
          chars: message.payload.length,
          ...(next !== undefined && { next_offset: next }),
        }
      })
    },

    async acknowledge(caller: Caller, messageId: string, agentId?: string) {
      refuseDelegated(caller, "acknowledge mail")
      await ledger.transact(async (tx) => {
        const { message, fleet } = await requireMessage(tx, caller, messageId)
        const { agent } = await actingAs(tx, caller, fleet, agentId)
        const recipient = agent?.id ?? (isLeadOf(caller, fleet) ? leadRecipient(fleet.id) : "")
        if (!(await deliveriesOf(tx, message.seq)).some((each) => each.recipient === recipient))
          throw new MeshError(
            "NOT_A_RECIPIENT",
            `Message ${messageId} was not sent to ${agent?.name ?? leadName}.`,
            "Acknowledge only messages that you received.",
          )
        if (await acknowledge(tx, recipient, message.seq, false))
          await appendEvent(tx, {
            type: "message.acked",
            fleetId: fleet.id,
            agentId: agent?.id ?? null,
            data: { message_id: messageId },
          })
      })
      return { ok: true }
    },
  }
}

export type Messages = ReturnType<typeof createMessages>

const requireMessage = async (db: Query, caller: Caller, messageId: string) => {
  const message = await messageById(db, messageId)
  const fleet = message && (await fleetById(db, message.fleet_id))
  if (message && fleet && isInReach(caller, fleet)) return { message, fleet }
  throw new MeshError(
    "UNKNOWN_MESSAGE",
    `No message "${messageId}".`,
    "Copy the id from get_inbox or from the message itself.",
  )
}

const fleetOf = async (db: Query, caller: Caller, draft: MessageDraft): Promise<FleetRow> => {
  await refuseOtherIdentity(db, caller, draft.from_agent_id)
  if (draft.fleet_id === undefined)
    return impliedFleet(
      db,
      caller,
      [draft.to_agent_id, draft.from_agent_id].filter((name) => name !== undefined),
    )
  const fleet = await requireFleet(db, caller, draft.fleet_id)
  if (caller.member && caller.member.fleetId !== fleet.id)
    throw new MeshError(
      "NOT_ALLOWED",
      `You are in fleet ${caller.member.fleetId}, not in ${fleet.id}.`,
      "Leave fleet_id out to reach your own fleet.",
    )
  return fleet
}

const encodePayload = ({ payload }: MessageDraft) => {
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
