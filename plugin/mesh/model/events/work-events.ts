import type { EventDoc } from "./event-doc.ts"

const from = "when it began, in ms since 1970"
const to = "when it ended"

/** What an agent does, step by step: written only while telemetry is on (docs/telemetry.md). */
export const workEvents = {
  "step.taken": {
    when: "a model has answered a request of the agent, with telemetry on",
    of: "agent",
    data: {
      message_id: "of the session's message that holds the answer",
      provider: "as in provider/model",
      model: "as in provider/model",
      input: "tokens, those from a cache included",
      cached: "of these, read from a cache",
      output: "tokens, reasoning included",
      cost_usd: "as OpenCode counts it",
      finish: "why the model stopped",
      from,
      to,
    },
  },
  "tool.called": {
    when: "a tool call of the agent is over, with telemetry on",
    of: "agent",
    data: { call_id: "in OpenCode", tool: "its name", failed: "`true` or `false`", from, to },
  },
} as const satisfies Record<string, EventDoc>
