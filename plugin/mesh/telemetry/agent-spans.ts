import type { EventType } from "../model/event-types.ts"
import type { EventRow } from "../ledger/tables/rows.ts"
import type { Attributes, SpanDraft } from "./span.ts"
import { spanIdOf } from "./trace-ids.ts"

interface Known {
  id: string
  name: string
  attributes: Attributes
  /** How often it began: once, and with every wake. */
  begun: number
  from: number
  isAtWork: boolean
  attempt: { number: number; from: number } | undefined
  /** Its newest attempt: what is told a little late belongs there too. */
  place: string
  waiting: { from: number; for: string } | undefined
  questions: Map<string, number>
  marks: { name: string; at: number; attributes: Attributes }[]
}

/** What becomes a mark on the agent's span: no text of an agent, numbers and codes alone. */
const marked: Partial<Record<EventType, readonly string[]>> = {
  "agent.running": ["attempt"],
  "agent.stop_requested": ["mode", "code"],
  "agent.stalled": ["idle_ms"],
  "agent.looping": ["calls"],
  "agent.session_lost": [],
  "budget.warned": ["kind", "spent", "limit"],
  "provider.limited": ["provider", "rest_ms"],
  "provider.rest_ended": ["provider", "rested_ms"],
  "file.conflict": ["changed_ms_ago"],
}

/** The agents of a fleet: their turns, attempts, waits, steps and tools. */
export const createAgentSpans = (fleetId: string, parent: () => string | undefined) => {
  const agents = new Map<string, Known>()

  const spanOf = (agent: Known) => spanIdOf(fleetId, "agent", agent.id, agent.begun)
  const span = (
    agent: Known,
    row: EventRow,
    draft: Pick<SpanDraft, "id" | "parentId" | "name" | "from"> & Partial<SpanDraft>,
  ): SpanDraft => ({
    kind: "internal",
    to: row.at,
    seq: row.seq,
    ...draft,
    attributes: { ...agent.attributes, ...draft.attributes },
  })

  const begin = (agent: Known, at: number, waitsFor: string) => {
    agent.begun++
    agent.from = at
    agent.isAtWork = true
    agent.waiting = { from: at, for: waitsFor }
    agent.place = spanOf(agent)
  }

  const endWait = (agent: Known, row: EventRow): SpanDraft[] => {
    const { waiting } = agent
    agent.waiting = undefined
    if (!waiting) return []
    return [
      span(agent, row, {
        id: spanIdOf(fleetId, "wait", agent.id, waiting.for, waiting.from),
        parentId: spanOf(agent),
        name: `wait ${waiting.for}`,
        from: waiting.from,
        attributes: { "meshfleet.wait.for": waiting.for },
      }),
    ]
  }

  const beginAttempt = (agent: Known, row: EventRow, data: Attributes): SpanDraft[] => {
    const ended = endWait(agent, row)
    if (agent.attempt) return ended
    agent.attempt = { number: Number(data["attempt"]), from: row.at }
    agent.place = attemptSpan(agent)
    return ended
  }
  const attemptSpan = (agent: Known) =>
    spanIdOf(fleetId, "attempt", agent.id, agent.begun, agent.attempt?.number ?? 0)

  const endAttempt = (agent: Known, row: EventRow, error: string | undefined): SpanDraft[] => {
    const { attempt } = agent
    if (!attempt) return []
    const ended = span(agent, row, {
      id: attemptSpan(agent),
      parentId: spanOf(agent),
      name: `attempt ${attempt.number}`,
      from: attempt.from,
      attributes: { "meshfleet.attempt": attempt.number },
      ...(error !== undefined && { error }),
    })
    agent.attempt = undefined
    return [ended]
  }

  const end = (agent: Known, row: EventRow, error: string | undefined): SpanDraft[] => {
    if (!agent.isAtWork) return []
    const before = [...endWait(agent, row), ...endAttempt(agent, row, error)]
    agent.isAtWork = false
    const { marks } = agent
    agent.marks = []
    return [
      ...before,
      span(agent, row, {
        id: spanOf(agent),
        parentId: parent(),
        name: `invoke_agent ${agent.name}`,
        from: agent.from,
        attributes: { "gen_ai.operation.name": "invoke_agent" },
        marks,
        ...(error !== undefined && { error }),
      }),
    ]
  }

  const step = (agent: Known, row: EventRow, data: Attributes): SpanDraft =>
    span(agent, row, {
      id: spanIdOf(fleetId, "step", agent.id, String(data["message_id"])),
      parentId: agent.place,
      name: `chat ${String(data["model"])}`,
      kind: "client",
      from: Number(data["from"]),
      to: Number(data["to"]),
      attributes: {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": String(data["provider"]),
        "gen_ai.request.model": String(data["model"]),
        "gen_ai.usage.input_tokens": Number(data["input"]),
        "gen_ai.usage.cache_read.input_tokens": Number(data["cached"]),
        "gen_ai.usage.output_tokens": Number(data["output"]),
        "gen_ai.response.finish_reasons": [String(data["finish"])],
        "meshfleet.cost_usd": Number(data["cost_usd"]),
      },
    })

  const tool = (agent: Known, row: EventRow, data: Attributes): SpanDraft =>
    span(agent, row, {
      id: spanIdOf(fleetId, "tool", agent.id, String(data["call_id"])),
      parentId: agent.place,
      name: `execute_tool ${String(data["tool"])}`,
      from: Number(data["from"]),
      to: Number(data["to"]),
      attributes: {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": String(data["tool"]),
        "gen_ai.tool.call.id": String(data["call_id"]),
        "gen_ai.tool.type": "function",
      },
      ...(data["failed"] === true && { error: "tool_error" }),
    })

  const endQuestion = (agent: Known, row: EventRow, data: Attributes): SpanDraft[] => {
    const id = String(data["question_id"])
    const from = agent.questions.get(id)
    if (!agent.questions.delete(id)) return []
    const outcome = row.type.slice("question.".length)
    return [
      span(agent, row, {
        id: spanIdOf(fleetId, "question", id),
        parentId: agent.place,
        name: "wait person",
        from: from!,
        attributes: { "meshfleet.wait.for": "person", "meshfleet.wait.outcome": outcome },
        ...(outcome === "expired" && { error: "expired" }),
      }),
    ]
  }

  return {
    nameOf: (id: string) => agents.get(id)?.name ?? id,
    /** What an agent does now hangs beneath this. */
    placeOf: (id: string | null) => (id === null ? undefined : agents.get(id)?.place),

    feed(row: EventRow, type: EventType, data: Attributes): SpanDraft[] {
      const id = row.agent_id!
      if (type === "agent.queued") {
        const agent = newAgent(fleetId, id, data)
        agents.set(id, agent)
        begin(agent, row.at, data["waits"] === true ? "message" : "place")
        return []
      }
      const agent = agents.get(id)
      if (!agent) return []
      const fields = marked[type]
      if (fields) agent.marks.push({ name: type, at: row.at, attributes: pick(data, fields) })
      switch (type) {
        case "agent.woken":
          if (!agent.isAtWork) begin(agent, row.at, "place")
          return []
        case "agent.starting":
        case "agent.retrying":
          return beginAttempt(agent, row, data)
        case "agent.running":
          agent.attributes["gen_ai.conversation.id"] = String(data["session_id"])
          return beginAttempt(agent, row, data)
        case "agent.interrupted": {
          const ended = endAttempt(agent, row, String(data["code"]))
          agent.waiting = { from: row.at, for: "retry" }
          return ended
        }
        case "agent.complete":
          return end(agent, row, undefined)
        case "agent.failed":
        case "agent.cancelled":
          return end(agent, row, String(data["code"] ?? type.slice("agent.".length)))
        case "step.taken":
          return [step(agent, row, data)]
        case "tool.called":
          return [tool(agent, row, data)]
        case "question.asked":
          agent.questions.set(String(data["question_id"]), row.at)
          return []
        case "question.answered":
        case "question.expired":
        case "question.closed":
          return endQuestion(agent, row, data)
        default:
          return []
      }
    },
  }
}

const newAgent = (fleetId: string, id: string, data: Attributes): Known => ({
  id,
  name: String(data["name"]),
  attributes: {
    "meshfleet.fleet.id": fleetId,
    "gen_ai.agent.id": id,
    "gen_ai.agent.name": String(data["name"]),
    ...(typeof data["agent"] === "string" && { "meshfleet.agent.kind": data["agent"] }),
  },
  begun: 0,
  from: 0,
  isAtWork: false,
  attempt: undefined,
  place: "",
  waiting: undefined,
  questions: new Map(),
  marks: [],
})

const pick = (data: Attributes, fields: readonly string[]): Attributes =>
  Object.fromEntries(
    fields.flatMap((field) => {
      const value = data[field]
      return value === undefined || value === null ? [] : [[`meshfleet.${field}`, value]]
    }),
  )
