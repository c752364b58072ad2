import type { EventType } from "../../../plugin/mesh/model/event-types.ts"
import type { EventRow } from "../../../plugin/mesh/ledger/tables/rows.ts"

/** A history as a fleet of two writes it: each event with its second, its agent, and its data. */
export const rowsOf = (
  events: readonly (readonly [
    second: number,
    type: EventType,
    agent: string | null,
    data?: Record<string, unknown>,
  ])[],
  fleetId = "flt_1",
): EventRow[] =>
  events.map(([second, type, agent, data = {}], index) => ({
    seq: index + 1,
    at: second * 1000,
    type,
    fleet_id: fleetId,
    agent_id: agent,
    data: JSON.stringify(data),
  })) as EventRow[]

export const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

const secret = "SECRET-TEXT"

/** One asks, one answers after a failed attempt and a question to a person; the fleet goes on once more. */
export const history = rowsOf([
  [0, "fleet.created", null, { name: "shop", isolation: "auto", traceparent }],
  [0, "agent.queued", "a1", { name: "one", role: secret, agent: "build" }],
  [0, "agent.queued", "a2", { name: "two", role: secret, agent: null, waits: true }],
  [1, "fleet.supervised", null, { pid: 7 }],
  [1, "agent.starting", "a1", { host_id: "h1", attempt: 1 }],
  [2, "agent.running", "a1", { session_id: "ses_1", pid: 8, attempt: 1 }],
  [
    4,
    "step.taken",
    "a1",
    {
      message_id: "m1",
      provider: "anthropic",
      model: "claude",
      input: 1000,
      cached: 900,
      output: 50,
      cost_usd: 0.5,
      finish: "tool-calls",
      from: 2500,
      to: 4000,
    },
  ],
  [5, "tool.called", "a1", { call_id: "c1", tool: "bash", failed: true, from: 4000, to: 4700 }],
  [6, "message.sent", "a1", { message_id: "msg_1", type: "question", to: ["a2"] }],
  [7, "agent.starting", "a2", { host_id: "h1", attempt: 1 }],
  [8, "agent.running", "a2", { session_id: "ses_2", pid: 8, attempt: 1 }],
  [8, "message.injected", "a2", { message_id: "msg_1" }],
  [9, "message.seen", "a2", { message_id: "msg_1", by: "request" }],
  [10, "question.asked", "a2", { question_id: "ask_1", wanted: secret, deadline_ms: 1 }],
  [14, "question.answered", "a2", { question_id: "ask_1", wanted: secret, answer: "once" }],
  [15, "agent.interrupted", "a2", { code: "HOST_LOST", detail: secret, attempt: 1 }],
  [17, "agent.retrying", "a2", { host_id: "h2", attempt: 2 }],
  [18, "agent.running", "a2", { session_id: "ses_2", pid: 9, attempt: 2 }],
  [19, "agent.stalled", "a2", { idle_ms: 5, activity: secret, on_stall: "report" }],
  [20, "agent.complete", "a1"],
  [22, "agent.failed", "a2", { code: "TIMEOUT", detail: secret }],
  [22, "fleet.ended", null, { status: "failed" }],
  [30, "message.sent", null, { message_id: "msg_2", type: "question", to: ["a1"] }],
  [31, "agent.woken", "a1"],
  [31, "fleet.reopened", null],
  [32, "agent.running", "a1", { session_id: "ses_1", pid: 8, attempt: 1 }],
  [33, "message.seen", "a1", { message_id: "msg_2", by: "request" }],
  [35, "agent.complete", "a1"],
  [35, "fleet.ended", null, { status: "complete" }],
])

export const hasSecrets = (told: unknown) => JSON.stringify(told).includes(secret)
