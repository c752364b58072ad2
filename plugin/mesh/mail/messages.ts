import { actingAs, isLeadOf, refuseDelegated, refuseReader } from "../access.ts"
import type { Caller } from "../model/caller.ts"
import { MeshError } from "../model/errors.ts"
import { createInbox, type InboxDeps } from "./inbox.ts"
import type { Tx } from "../ledger/port.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import { acknowledge, deliveriesOf } from "../ledger/tables/messages.ts"
import { nextPartBytes, partOfText } from "../model/long-text.ts"
import { leadName, leadRecipient, type MessageType } from "../model/message.ts"
import { liftCaps } from "./caps.ts"
import type { Exchanges } from "./exchanges.ts"
import { requireMessage, requireOwnMessage } from "./known-message.ts"
import {
  encodePayload,
  fileMessages,
  type Outgoing,
  type OutgoingDeps,
  type Payload,
  repliesWithinCap,
} from "./outgoing.ts"
import { recipientsOf } from "./recipients.ts"
import { memberSender, requireSender } from "./senders.ts"

export interface MessageDraft {
  to_agent_id: string
  type: MessageType
  payload: Payload
  fleet_id?: string | undefined
  from_agent_id?: string | undefined
  correlation_id?: string | undefined
  wake?: boolean | undefined
  /** A handoff that enters the recipient's context whole, however long it is. */
  whole?: boolean | undefined
}

export interface MessagesDeps extends InboxDeps, Omit<OutgoingDeps, "exchanges"> {
  exchanges: Exchanges
}

export const createMessages = (deps: MessagesDeps) => {
  const { ledger, isAlive, exchanges } = deps

  const sendAll = async (caller: Caller, drafts: readonly MessageDraft[]) => {
    const payloads = drafts.map(({ payload }) => encodePayload(payload))
    let autoReplies = 0
    for (const draft of drafts) autoReplies = await repliesWithinCap(deps, caller, draft)
    const all = await ledger.transact(async (tx) => {
      refuseReader(caller)
      const resolve =
        drafts.length > 1
          ? resolveOnce(tx, caller)
          : (draft: MessageDraft) => resolveWay(tx, caller, draft)
      const outgoing: Outgoing[] = []
      for (const [index, draft] of drafts.entries())
        outgoing.push({
          ...(await resolve(draft)),
          payload: payloads[index]!,
          correlationId: draft.correlation_id,
          isWhole: draft.whole === true && draft.type === "handoff",
          autoReplies,
        })
      return fileMessages(tx, outgoing)
    })
    if (autoReplies > 0)
      exchanges.replied(caller.sessionId, new Set(drafts.map((draft) => draft.to_agent_id)))
    return all
  }

  /** Messages of one call that go the same way are looked up once. */
  const resolveOnce = (tx: Tx, caller: Caller) => {
    const known = new Map<string, Awaited<ReturnType<typeof resolveWay>>>()
    return async (draft: MessageDraft) => {
      const { to_agent_id: to, fleet_id, from_agent_id, type, wake } = draft
      const key = JSON.stringify([to, fleet_id, from_agent_id, type, wake])
      const way = known.get(key) ?? (await resolveWay(tx, caller, draft))
      known.set(key, way)
      return way
    }
  }

  /** Whom a message comes from and goes to. */
  const resolveWay = async (tx: Tx, caller: Caller, draft: MessageDraft) => {
    const sender = memberSender(caller, draft) ?? (await requireSender(tx, caller, draft, isAlive))
    const { fleetId } = sender
    const recipients = await recipientsOf(tx, fleetId, sender.agent, draft)
    if (caller.human) await liftCaps(tx, fleetId)
    return {
      fleetId,
      sender: sender.agent,
      viaLead: sender.viaLead,
      to: draft.to_agent_id,
      recipients,
      type: draft.type,
    }
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
        const { message } = await requireOwnMessage(db, caller, messageId)
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
