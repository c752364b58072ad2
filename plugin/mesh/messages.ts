import { actingAs, impliedFleet, refuseEnded, requireAgent, requireFleet } from "./access.ts"
import type { IsAlive } from "./access.ts"
import { isLeadOf, requireLead } from "./access.ts"
import { isEnded } from "./agent.ts"
import type { Caller } from "./caller.ts"
import type { Changes } from "./changes.ts"
import { MeshError } from "./errors.ts"
import type { NewId } from "./ids.ts"
import { agentById, agentsOfFleet } from "./ledger/agents.ts"
import type { Database } from "./ledger/driver.ts"
import { appendEvent } from "./ledger/events.ts"
import { fleetsOfLead } from "./ledger/fleets.ts"
import type { Ledger } from "./ledger/ledger.ts"
import {
  acknowledge,
  advance,
  type DeliveredMessage,
  deliveriesOf,
  highestHop,
  inboxPage,
  insertDelivery,
  insertMessage,
  messageById,
} from "./ledger/messages.ts"
import type { AgentRow, FleetRow } from "./ledger/rows.ts"
import { everyone, leadName, leadRecipient, maxPayloadBytes, type MessageType } from "./message.ts"

export interface MessageDraft {
  to_agent_id: string
  type: MessageType
  payload: string | Record<string, unknown> | unknown[]
  fleet_id?: string | undefined
  from_agent_id?: string | undefined
  correlation_id?: string | undefined
  wake?: boolean | undefined
}

export interface InboxQuery {
  agent_id?: string | undefined
  since?: string | undefined
  limit: number
  wait_seconds?: number | undefined
}

export interface MessagesDeps {
  ledger: Ledger
  changes: Changes
  now: () => number
  newId: NewId
  isAlive: IsAlive
  /** Messages this process is putting into the recipient's session at this moment. */
  isInFlight: (recipient: string, seq: number) => boolean
}

export const createMessages = (deps: MessagesDeps) => {
  const { ledger, changes, now, newId, isAlive, isInFlight } = deps

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
    if (!sender.agent) requireLead(db, caller, fleet, isAlive, at)
    const recipients = recipientsOf(db, fleet, sender.agent, draft)
    const id = newId.message()
    const from = sender.agent?.id ?? leadName
    const seq = insertMessage(db, {
      id,
      fleet_id: fleet.id,
      from_agent_id: from,
      to_agent_id: recipients.length === 1 && draft.to_agent_id !== everyone ? recipients[0]!.shown : draft.to_agent_id,
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

  /** The recipients whose mail a caller reads: its own, a member's if it leads it, else its fleets'. */
  const inboxesOf = (db: Database, caller: Caller, agentId: string | undefined) => {
    if (caller.member) return [actingAs(db, caller, undefined, agentId).agent!.id]
    const fleets = fleetsOfLead(db, caller.sessionId)
    if (agentId === undefined || agentId === leadName)
      return fleets.map((fleet) => leadRecipient(fleet.id))
    for (const fleet of fleets.toReversed()) {
      const agent = agentsOfFleet(db, fleet.id).find((each) => each.id === agentId || each.name === agentId)
      if (agent) return [agent.id]
    }
    if (caller.human) {
      const agent = agentById(db, agentId)
      if (agent) return [agent.id]
    }
    return [actingAs(db, caller, undefined, agentId).agent!.id]
  }

  const readPage = (db: Database, caller: Caller, query: InboxQuery) => {
    const recipients = inboxesOf(db, caller, query.agent_id)
    const page = inboxPage(db, recipients, parseCursor(query.since), query.limit)
    // What is on its way into the context by itself is not handed out a second time.
    const here = page.messages.filter((each) => !isInFlight(each.recipient, each.seq))
    const messages = withinBytes(here)
    const own = caller.member
      ? [caller.member.agentId]
      : fleetsOfLead(db, caller.sessionId).map((fleet) => leadRecipient(fleet.id))
    return { messages, remaining: page.remaining + here.length - messages.length, marks: messages.filter((each) => own.includes(each.recipient)) }
  }

  return {
    async send(caller: Caller, draft: MessageDraft) {
      return (await sendAll(caller, [draft]))[0]!
    },

    /** All or none. */
    sendMany: sendAll,

    async inbox(caller: Caller, query: InboxQuery, signal?: AbortSignal) {
      const read = () => ledger.read((db) => readPage(db, caller, query))
      let page = read()
      if (page.messages.length === 0 && query.wait_seconds)
        page =
          (await changes.until(
            () => {
              const next = read()
              return next.messages.length > 0 ? next : undefined
            },
            { timeoutMs: query.wait_seconds * 1000, signal },
          )) ?? page
      // Only the reader's own mail counts as seen: a lead that looks into a member's inbox has not
      // delivered it.
      if (page.marks.length > 0) {
        await ledger.transact((db) => {
          const at = now()
          for (const message of page.marks)
            for (const seq of advance(db, message.recipient, [message.seq], "seen", at))
              appendEvent(db, at, {
                type: "message.seen",
                fleetId: message.fleet_id,
                agentId: caller.member?.agentId ?? null,
                data: { message_id: message.id, seq, by: "get_inbox" },
              })
        })
        changes.nudge()
      }
      const last = page.messages.at(-1)
      return ledger.read((db) => ({
        messages: page.messages.map((message) => renderMessage(db, message)),
        cursor: last ? String(last.seq) : (query.since ?? "0"),
        remaining: page.remaining,
      }))
    },

    async acknowledge(caller: Caller, messageId: string, agentId?: string) {
      await ledger.transact((db) => {
        const at = now()
        const message = messageById(db, messageId)
        if (!message)
          throw new MeshError(
            "UNKNOWN_MESSAGE",
            `No message "${messageId}".`,
            "Copy the id from get_inbox or from the message itself.",
          )
        const fleet = requireFleet(db, caller, message.fleet_id)
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
  const named = [draft.to_agent_id, draft.from_agent_id].filter((name) => name !== undefined)
  if (draft.fleet_id === undefined) {
    // A claimed sender that is not the caller is told apart before the fleet is searched for.
    if (caller.member) actingAs(db, caller, undefined, draft.from_agent_id)
    return impliedFleet(db, caller, named)
  }
  const fleet = requireFleet(db, caller, draft.fleet_id)
  if (caller.member && caller.member.fleetId !== fleet.id)
    throw new MeshError(
      "NOT_ALLOWED",
      `You are in fleet ${caller.member.fleetId}, not in ${fleet.id}.`,
      "Leave fleet_id out to reach your own fleet.",
    )
  return fleet
}

interface Recipient {
  id: string
  shown: string
  wake: boolean
}

const recipientsOf = (
  db: Database,
  fleet: FleetRow,
  sender: AgentRow | undefined,
  draft: MessageDraft,
): Recipient[] => {
  const lead = { id: leadRecipient(fleet.id), shown: leadName, wake: draft.wake ?? true }
  if (draft.to_agent_id === everyone) {
    const others = agentsOfFleet(db, fleet.id)
      .filter((agent) => agent.id !== sender?.id && agent.status !== "cancelled")
      .map((agent) => ({
        id: agent.id,
        shown: agent.id,
        // Ended agents read it when something else wakes them, unless the sender asks for more.
        wake: draft.wake ?? !isEnded(agent.status),
      }))
    const hearsAll = draft.type === "alert" || draft.type === "request_help"
    const all = sender && hearsAll ? [...others, lead] : others
    if (all.length > 0) return all
    throw new MeshError(
      "NO_RECIPIENTS",
      `Fleet ${fleet.id} has nobody else to hear a broadcast.`,
      'Send to "lead", or attach an agent first.',
    )
  }
  if (draft.to_agent_id === leadName) {
    if (sender) return [lead]
    throw new MeshError(
      "NO_RECIPIENTS",
      "You are the lead: a message to yourself goes nowhere.",
      "Name an agent of the fleet, or * for all of them.",
    )
  }
  const agent = requireAgent(db, fleet.id, draft.to_agent_id)
  refuseEnded(agent)
  if (agent.id === sender?.id)
    throw new MeshError(
      "NO_RECIPIENTS",
      `"${agent.name}" would write to itself.`,
      "Name another agent, lead, or *.",
    )
  return [{ id: agent.id, shown: agent.id, wake: draft.wake ?? true }]
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

// A page is one tool answer: what would be cut off there comes with the next page instead.
const maxPageBytes = 36_000

const withinBytes = (messages: readonly DeliveredMessage[]) => {
  let bytes = 0
  return messages.filter((message, index) => {
    bytes += Buffer.byteLength(message.payload) + 400
    return index === 0 || bytes <= maxPageBytes
  })
}

const parseCursor = (since: string | undefined) => {
  if (since === undefined) return undefined
  if (/^\d{1,15}$/.test(since)) return Number(since)
  throw new MeshError(
    "INVALID_ARGUMENT",
    `since: "${since.slice(0, 40)}" is not a cursor.`,
    "Pass the cursor of the last get_inbox answer, or leave it out.",
  )
}

export const renderMessage = (db: Database, message: DeliveredMessage) => {
  const all = deliveriesOf(db, message.seq)
  return {
    id: message.id,
    from_agent_id: message.from_agent_id,
    to_agent_id: message.to_agent_id,
    fleet_id: message.fleet_id,
    type: message.type,
    payload: message.payload_kind === "json" ? (JSON.parse(message.payload) as unknown) : message.payload,
    ...(message.correlation_id && { correlation_id: message.correlation_id }),
    ...(message.via && { via: message.via }),
    timestamp: new Date(message.created_at).toISOString(),
    acknowledged: all.every((each) => each.acked_at !== null),
    ...(all.length > 1 && {
      recipients: all.map((each) =>
        each.recipient === leadRecipient(message.fleet_id) ? leadName : each.recipient,
      ),
    }),
  }
}
