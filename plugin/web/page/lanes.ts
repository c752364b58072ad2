import type { AgentShown, Happening } from "../../mesh/views/shown.ts"
import type { Stretch } from "./state.ts"

export type SegmentKind =
  | "queued"
  | "starting"
  | "running"
  | "retry"
  | "person"
  | "mail"
  | "stalled"

/** A stretch of a lane; without an end it goes on. */
export interface Segment {
  kind: SegmentKind
  from: number
  to: number | null
}

export interface Mark {
  at: number
  kind: "attempt" | "complete" | "failed" | "cancelled"
  text: string
}

export interface Lane {
  id: string
  name: string
  /** What it is at, one after the other, and what keeps it from going on, drawn over that. */
  base: Segment[]
  over: Segment[]
  marks: Mark[]
}

const next: Record<string, SegmentKind | "ended"> = {
  "agent.queued": "queued",
  "agent.starting": "starting",
  "agent.retrying": "starting",
  "agent.running": "running",
  "agent.woken": "running",
  "agent.interrupted": "retry",
  "agent.complete": "ended",
  "agent.failed": "ended",
  "agent.cancelled": "ended",
}

const endsQuestion = new Set(["question.answered", "question.expired", "question.closed"])

/** What each agent was at, from the history of its fleet. */
export const lanesOf = (
  agents: readonly AgentShown[],
  happenings: readonly Happening[],
  mailWaits: ReadonlyMap<string, readonly Stretch[]> = new Map(),
): Lane[] => {
  const byAgent = Map.groupBy(
    happenings.filter(({ agentId }) => agentId !== null),
    ({ agentId }) => agentId!,
  )
  return agents.map((agent) =>
    laneOf(agent, byAgent.get(agent.id) ?? [], mailWaits.get(agent.id) ?? []),
  )
}

const laneOf = (
  agent: AgentShown,
  events: readonly Happening[],
  waits: readonly Stretch[],
): Lane => {
  const lane: Lane = { id: agent.id, name: agent.name, base: [], over: [], marks: [] }
  let open: Segment | undefined
  let question: Segment | undefined
  let stall: Segment | undefined
  const begin = (kind: SegmentKind, at: number) => {
    if (open) open.to = at
    open = { kind, from: at, to: null }
    lane.base.push(open)
  }
  // A history that is cut at its beginning: it was at work before.
  if (events[0]?.type !== "agent.queued" && agent.startedAt !== null)
    begin("running", agent.startedAt)
  for (const event of events) {
    if (stall) {
      stall.to = event.at
      stall = undefined
    }
    const kind = next[event.type]
    if (kind === "ended") {
      if (open) open.to = event.at
      open = undefined
      lane.marks.push({
        at: event.at,
        kind: event.type.slice("agent.".length) as Mark["kind"],
        text: event.text,
      })
    } else if (kind) {
      if (kind === "retry" || event.type === "agent.retrying")
        lane.marks.push({ at: event.at, kind: "attempt", text: event.text })
      begin(kind, event.at)
    }
    if (event.type === "question.asked") {
      question = { kind: "person", from: event.at, to: null }
      lane.over.push(question)
    } else if (question && (endsQuestion.has(event.type) || kind === "ended")) {
      question.to = event.at
      question = undefined
    }
    if (event.type === "agent.stalled") {
      stall = { kind: "stalled", from: event.at, to: null }
      lane.over.push(stall)
    }
  }
  // It went on without an event: since when nobody has written down.
  if (stall && agent.silentSince === null) stall.to = stall.from
  for (const { from, to } of waits) lane.over.push({ kind: "mail", from, to })
  if (agent.waitsSince !== null && agent.endedAt === null)
    lane.over.push({ kind: "mail", from: agent.waitsSince, to: null })
  if (agent.endedAt !== null && open) open.to = agent.endedAt
  return lane
}
