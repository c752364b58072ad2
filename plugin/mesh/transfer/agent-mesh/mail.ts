import { everyone, leadName, leadRecipient } from "../../model/message.ts"
import type { AgentMesh, TheirMessage, TheirReceipt } from "./format.ts"
import type { Happened, Leave, NewRow, TheirFleet } from "./new-rows.ts"

interface Mail {
  rows: readonly NewRow[]
  events: readonly Happened[]
  /** When each message that was taken over was sent. */
  times: ReadonlyMap<string, { at: number; fleetId: string }>
}

/**
 * Messages with what became of each for each recipient. Its lead is no agent: it wrote, and was written
 * to, by any name; so whoever is no agent of the fleet is its lead here, and `via` keeps the name.
 */
export const mailRows = (
  source: AgentMesh,
  fleets: ReadonlyMap<string, TheirFleet>,
  leave: Leave,
): Mail => {
  const rows: NewRow[] = []
  const events: Happened[] = []
  const times = new Map<string, { at: number; fleetId: string }>()
  const inboxes = new Map<string, { total: number; unacked: number }>()
  const receipts = Map.groupBy(Object.values(source.receipts ?? {}), ({ message_id }) => message_id)
  const messages = Object.values(source.messages ?? {}).toSorted(
    (a, b) => a.timestamp - b.timestamp,
  )
  let seq = 0
  for (const message of messages) {
    const fleet = fleets.get(message.fleet_id)
    if (!fleet) {
      leave("messages of a fleet that is not there")
      continue
    }
    seq++
    const isAgent = (each: string) => fleet.agents.has(each)
    const sender = isAgent(message.from_agent_id) ? message.from_agent_id : leadName
    const byRecipient = Map.groupBy(recipientsOf(message, fleet), (each) =>
      isAgent(each) ? each : leadRecipient(fleet.id),
    )
    const shown = [...byRecipient.keys()].map((each) => (isAgent(each) ? each : leadName))
    times.set(message.id, { at: message.timestamp, fleetId: fleet.id })
    rows.push({
      table: "messages",
      row: {
        ...{ seq, id: message.id, fleet_id: fleet.id, from_agent_id: sender },
        to_agent_id: message.to_agent_id === everyone ? everyone : shown[0]!,
        ...{ type: message.type, payload: message.payload, payload_kind: "text" },
        ...{ correlation_id: message.correlation_id, created_at: message.timestamp },
        via:
          sender === leadName && message.from_agent_id !== leadName ? message.from_agent_id : null,
      },
    })
    events.push({
      ...{ at: message.timestamp, type: "message.sent", fleetId: fleet.id },
      agentId: sender === leadName ? undefined : sender,
      data: { message_id: message.id, type: message.type, to: shown },
    })
    for (const [recipient, names] of byRecipient) {
      const inbox = inboxes.get(recipient) ?? { total: 0, unacked: 0 }
      inboxes.set(recipient, inbox)
      inbox.total++
      const states = names.map((name) => stateFor(message, name, receipts.get(message.id) ?? []))
      const acked = states.every((each) => each.acked !== undefined)
        ? Math.max(...states.map((each) => each.acked!))
        : undefined
      if (acked === undefined) inbox.unacked++
      rows.push({
        table: "deliveries",
        row: {
          ...{ recipient, message_seq: seq, position: inbox.total, wake: 0 },
          ...{ accepted_at: message.timestamp, ...told(acked, recipient, states[0]!.seen) },
        },
      })
      if (acked !== undefined)
        events.push({
          ...{ at: acked, type: "message.acked", fleetId: fleet.id },
          agentId: isAgent(recipient) ? recipient : undefined,
          data: { message_id: message.id },
        })
    }
  }
  for (const [recipient, counts] of inboxes)
    rows.push({ table: "inboxes", row: { recipient, ...counts } })
  return { rows, events, times }
}

/** Fixed at the time of sending, or before there was that, everybody else who is there. */
const recipientsOf = (
  { recipients, to_agent_id: to, from_agent_id: from }: TheirMessage,
  { agents }: TheirFleet,
) => {
  if (recipients && recipients.length > 0) return recipients
  if (to !== everyone) return [to]
  const others = [...agents.keys()].filter((each) => each !== from)
  return others.length > 0 ? others : [leadName]
}

/** The flag alone tells of an acknowledgement in versions without receipts. */
const stateFor = (message: TheirMessage, name: string, receipts: readonly TheirReceipt[]) => {
  const own = (action: string) =>
    receipts.find((each) => each.agent_id === name && each.action === action)?.timestamp
  const acked = own("ack") ?? (message.acknowledged ? message.timestamp : undefined)
  const notBefore = (at: number | undefined) =>
    at === undefined ? undefined : Math.max(at, message.timestamp)
  return { acked: notBefore(acked), seen: notBefore(own("seen")) }
}

/** A lead's mail waits for whoever adopts the fleet. */
const told = (acked: number | undefined, recipient: string, seen: number | undefined) => {
  if (acked !== undefined)
    return {
      state: "acked",
      injected_at: null,
      seen_at: Math.min(seen ?? acked, acked),
      acked_at: acked,
    }
  if (recipient.startsWith(leadRecipient("")))
    return { state: "parked", injected_at: null, seen_at: null, acked_at: null }
  return seen === undefined
    ? { state: "accepted", injected_at: null, seen_at: null, acked_at: null }
    : { state: "seen", injected_at: null, seen_at: seen, acked_at: null }
}
