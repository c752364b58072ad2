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
import type { NewId } from "../model/ids.ts"
import { createInbox, type InboxDeps } from "./inbox.ts"
import type { Database } from "../ledger/driver.ts"
import { appendEvent } from "../ledger/events.ts"
import { fleetById } from "../ledger/fleets.ts"
import {
  acknowledge,
  deliveriesOf,
  highestHop,
  insertDelivery,
  insertMessage,
  messageById,
} from "../ledger/messages.ts"
import type { FleetRow } from "../ledger/rows.ts"
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
}

export interface MessagesDeps extends InboxDeps {
  newId: NewId
  isAlive: IsAlive
}

export const createMessages = (deps: MessagesDeps) => {
  const { ledger, changes, now, newId, isAlive } = deps

  const sendAll = async (caller: Caller, drafts: readonly MessageDraft[]) => {
    const payloads = drafts.map(encodePayload)
    const sent = await ledger.transact((db) =>
      drafts.map((draft, index) => sendOne(db, caller, draft, payloads[index]!)),
    )
    changes.nudge()
    return sent
  }

  const sendOne = (
    db: Database,
    caller: Caller,
    draft: MessageDraft,
    payload: { text: string; kind: "text" | "json" },
  ) => {
    const at = now()
    const fleet = fleetOf(db, caller, draft)
    const sender = actingAs(db, caller, fleet, draft.from_agent_id)
    if (!sender.agent && !speaksAsLead(caller, fleet)) requireLead(db, caller, fleet, isAlive, at)
    const recipients = recipientsOf(db, fleet, sender.agent, draft)
    const id = newId.message()
    const from = sender.agent?.id ?? leadName
    const seq = insertMessage(db, {
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
      hops: draft.correlation_id ? highestHop(db, fleet.id, draft.correlation_id) + 1 : 0,
      created_at: at,
    })
    for (const recipient of recipients)
      insertDelivery(db, {
        recipient: recipient.id,
        message_seq: seq,
        wake: recipient.wake ? 1 : 0,
        accepted_at: at,
      })
    appendEvent(db, at, {
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

    async acknowledge(caller: Caller, messageId: string, agentId?: string) {
      refuseDelegated(caller, "acknowledge mail")
      await ledger.transact((db) => {
        const at = now()
        const message = messageById(db, messageId)
        const fleet = message && fleetById(db, message.fleet_id)
        if (!message || !fleet || !isInReach(caller, fleet))
          throw new MeshError(
            "UNKNOWN_MESSAGE",
            `No message "${messageId}".`,
            "Copy the id from get_inbox or from the message itself.",
          )
        const { agent } = actingAs(db, caller, fleet, agentId)
        const recipient = agent?.id ?? (isLeadOf(caller, fleet) ? leadRecipient(fleet.id) : "")
        if (!deliveriesOf(db, message.seq).some((each) => each.recipient === recipient))
          throw new MeshError(
            "NOT_A_RECIPIENT",
            `Message ${messageId} was not sent to ${agent?.name ?? leadName}.`,
            "Acknowledge only what you received.",
          )
        if (acknowledge(db, recipient, message.seq, at, false))
          appendEvent(db, at, {
            type: "message.acked",
            fleetId: fleet.id,
            agentId: agent?.id ?? null,
            data: { message_id: messageId },
          })
      })
      changes.nudge()
      return { ok: true }
    },
  }
}

export type Messages = ReturnType<typeof createMessages>

const fleetOf = (db: Database, caller: Caller, draft: MessageDraft): FleetRow => {
  refuseOtherIdentity(db, caller, draft.from_agent_id)
  if (draft.fleet_id === undefined)
    return impliedFleet(
      db,
      caller,
      [draft.to_agent_id, draft.from_agent_id].filter((name) => name !== undefined),
    )
  const fleet = requireFleet(db, caller, draft.fleet_id)
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
