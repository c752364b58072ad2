import type { EventDoc } from "./event-doc.ts"

const failure = {
  code: "why, as in `error` of a result (`HOST_LOST`, `TIMEOUT`, …)",
  detail: "the same in words",
}

/** What becomes of an agent, attempt by attempt. */
export const agentEvents = {
  "agent.queued": {
    when: "an agent is added to the fleet",
    of: "agent",
    data: {
      name: "in the fleet",
      role: "as given",
      agent: "OpenCode agent or specialist it runs",
      waits: "`true` if its work begins with a message",
    },
  },
  "agent.starting": {
    when: "the agent is given to a host",
    of: "agent",
    data: { host_id: "the host", attempt: "counted from 1" },
  },
  "agent.session_lost": {
    when: "its session was deleted along with its lead's: it goes on in a fresh one",
    of: "agent",
    data: { session_id: "the one that was deleted" },
  },
  "agent.retrying": {
    when: "the agent is given to a host for another attempt",
    of: "agent",
    data: { host_id: "the host", attempt: "counted from 1" },
  },
  "agent.running": {
    when: "its session gets its prompt",
    of: "agent",
    data: { session_id: "in OpenCode", pid: "of the host", attempt: "counted from 1" },
  },
  "agent.woken": {
    when: "mail wakes an agent that was complete",
    of: "agent",
    data: {},
  },
  "agent.interrupted": {
    when: "an attempt fails and another will follow",
    of: "agent",
    data: {
      ...failure,
      attempt: "the one that failed",
      retry_in_ms: "wait before the next one",
    },
  },
  "agent.complete": { when: "the agent gives its final answer", of: "agent", data: {} },
  "agent.failed": { when: "the agent ends without a final answer", of: "agent", data: failure },
  "agent.cancelled": { when: "the agent is stopped", of: "agent", data: failure },
  "agent.stop_requested": {
    when: "a caller or a limit asks the agent to end",
    of: "agent",
    data: {
      mode: "`wrap_up`, `retry`, `cancel` or `kill`",
      reason: "as given, or `null`",
      code: failure.code,
    },
  },
  "agent.stalled": {
    when: "the agent shows no activity for `stall_ms`; once per silence",
    of: "agent",
    data: {
      idle_ms: "how long it has been silent",
      activity: "what it was last seen doing",
      on_stall: "what follows: `report`, `cancel` or `retry`",
    },
  },
  "agent.looping": {
    when: "the agent makes the same call `loop_calls` times in a row",
    of: "agent",
    data: {
      call: "tool and input, shortened",
      calls: "how many times",
      on_loop: "what follows: `report` or `cancel`",
    },
  },
  "budget.warned": {
    when: "80 % of a budget is spent; once per budget",
    of: "fleet or agent",
    data: {
      kind: "`tokens`, `cost_usd`, `turns` or `duration_ms`",
      spent: "so far",
      limit: "of the budget",
    },
  },
} as const satisfies Record<string, EventDoc>
