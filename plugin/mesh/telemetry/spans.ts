import type { EventType } from "../model/event-types.ts"
import type { EventRow } from "../ledger/tables/rows.ts"
import { leadName } from "../model/message.ts"
import { createAgentSpans } from "./agent-spans.ts"
import type { Attributes, FleetTrace, SpanDraft } from "./span.ts"
import { parseTraceparent, spanIdOf, traceIdOf } from "./trace-ids.ts"

interface Stretch {
  id: string
  from: number
}

interface Sent {
  id: string
  at: number
  type: string
}

/**
 * A fleet's history as spans: feed it every event in order, from the first. What it answers was ended
 * by that event. Names and attributes follow OpenTelemetry's conventions for generative AI (1.42) and
 * messaging; texts of agents are in none of them.
 */
export const createSpanFold = (fleetId: string) => {
  let trace: FleetTrace | undefined
  let lead: ReturnType<typeof parseTraceparent>
  let name = ""
  let stretches = 0
  let stretch: Stretch | undefined
  /** Everything that belongs to the fleet as a whole hangs here, also after its end. */
  let root: string | undefined
  const messages = new Map<string, Sent>()
  const common = { "meshfleet.fleet.id": fleetId }
  const agents = createAgentSpans(fleetId, () => stretch?.id ?? root)

  const begin = (at: number) => {
    stretch = { id: spanIdOf(fleetId, "fleet", stretches++), from: at }
    root ??= stretch.id
  }

  const end = (row: EventRow, data: Attributes): SpanDraft[] => {
    if (!stretch) return []
    const { id, from } = stretch
    stretch = undefined
    const status = String(data["status"])
    return [
      {
        id,
        // A fleet that goes on after its end does so beneath its beginning.
        parentId: id === root ? lead?.spanId : root,
        name: `invoke_workflow ${name}`,
        kind: "internal",
        from,
        to: row.at,
        attributes: {
          ...common,
          "gen_ai.operation.name": "invoke_workflow",
          "gen_ai.workflow.name": name,
          "meshfleet.status": status,
        },
        ...(status !== "complete" && { error: status }),
        seq: row.seq,
      },
    ]
  }

  const send = (row: EventRow, data: Attributes): SpanDraft[] => {
    const id = String(data["message_id"])
    const to = (Array.isArray(data["to"]) ? data["to"] : [String(data["to"])]) as string[]
    const type = String(data["type"])
    const sent = { id: spanIdOf(fleetId, "send", id), at: row.at, type }
    messages.set(id, sent)
    const names = to.map((each) => agents.nameOf(each))
    return [
      {
        id: sent.id,
        parentId: agents.placeOf(row.agent_id) ?? stretch?.id ?? root,
        name: `send ${names.length === 1 ? names[0]! : "many"}`,
        kind: "producer",
        from: row.at,
        to: row.at,
        attributes: {
          ...common,
          ...messaging("send", id, type),
          "messaging.destination.name": names.join(),
          "messaging.batch.message_count": names.length,
        },
        seq: row.seq,
      },
    ]
  }

  const receive = (row: EventRow, data: Attributes, error?: string): SpanDraft[] => {
    const id = String(data["message_id"])
    const sent = messages.get(id)
    if (!sent) return []
    const recipient = row.agent_id ?? leadName
    return [
      {
        id: spanIdOf(fleetId, "receive", id, recipient),
        parentId: agents.placeOf(row.agent_id) ?? stretch?.id ?? root,
        name: `receive ${agents.nameOf(recipient)}`,
        kind: "consumer",
        from: sent.at,
        to: row.at,
        attributes: {
          ...common,
          ...messaging("receive", id, sent.type),
          "messaging.destination.name": agents.nameOf(recipient),
        },
        ...(error !== undefined && { error }),
        links: [sent.id],
        seq: row.seq,
      },
    ]
  }

  return {
    /** Known once the fleet's first event was fed. */
    trace: () => trace,
    /** Whoever began the trace wants none of its spans kept. */
    isLeftOut: () => lead?.isSampled === false,

    feed(row: EventRow): SpanDraft[] {
      const data = JSON.parse(row.data) as Attributes
      const type = row.type as EventType
      switch (type) {
        case "fleet.created":
          lead = parseTraceparent(data["traceparent"])
          name = String(data["name"])
          trace = { fleetId, traceId: lead?.traceId ?? traceIdOf(fleetId), startedAt: row.at }
          begin(row.at)
          return []
        case "fleet.reopened":
          if (!stretch) begin(row.at)
          return []
        case "fleet.ended":
          return end(row, data)
        case "message.sent":
          return send(row, data)
        case "message.seen":
          return receive(row, data)
        case "message.undelivered":
          return receive(row, data, "undelivered")
        default:
          return row.agent_id === null ? [] : agents.feed(row, type, data)
      }
    },
  }
}

const messaging = (operation: "send" | "receive", id: string, type: string): Attributes => ({
  "messaging.system": "meshfleet",
  "messaging.operation.name": operation,
  "messaging.operation.type": operation,
  "messaging.message.id": id,
  "meshfleet.message.type": type,
})
