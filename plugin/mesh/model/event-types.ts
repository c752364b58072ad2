interface EventDoc {
  /** Ends the sentence "Written when …". */
  when: string
  /** Whose history it belongs to: an agent and its fleet, the fleet alone, or neither. */
  of: "agent" | "fleet" | "fleet or agent" | "neither"
  data: Record<string, string>
}

const questionId = "the question"
const wanted = "what was asked for, in one line"
const failure = {
  code: "why, as in `error` of a result (`HOST_LOST`, `TIMEOUT`, …)",
  detail: "the same in words",
}
const tree = { path: "of the worktree", branch: "its branch" }

/**
 * Every event: docs/events.md is made from these, and the compiler holds the fields to them.
 */
export const eventTypes = {
  "fleet.created": {
    when: "`spawn_fleet` is accepted",
    of: "fleet",
    data: {
      name: "of the fleet",
      isolation: "`auto`, `process` or `shared`",
      maxParallel: "agents at work at once",
      hostLimit: "host processes at once",
    },
  },
  "fleet.supervised": {
    when: "a process takes the fleet's lease",
    of: "fleet",
    data: { pid: "of that process" },
  },
  "fleet.timeout_set": {
    when: "`set_fleet_timeout` sets the deadline",
    of: "fleet",
    data: { timeout_ms: "counted from now" },
  },
  "fleet.wakes_capped": {
    when: "mail does not wake its recipient because of a cap or a spent budget",
    of: "fleet",
    data: { recipient: "whose mail waits", detail: "which limit was reached" },
  },
  "fleet.all_waiting": {
    when: "every agent that has not ended waits for a message and none is on its way",
    of: "fleet",
    data: { agents: "ids of those that wait" },
  },
  "fleet.ended": {
    when: "the last agent ends",
    of: "fleet",
    data: { status: "`complete`, `failed` or `cancelled`" },
  },
  "fleet.reopened": {
    when: "an ended fleet has work again, since an agent was woken or attached",
    of: "fleet",
    data: {},
  },
  "fleet.adopted": {
    when: "another session becomes its lead because the old lead's process is gone",
    of: "fleet",
    data: { from: "session of the old lead", by: "session of the new one" },
  },
  "fleet.told": {
    when: "a new session of the project is told about a fleet whose lead is gone",
    of: "fleet",
    data: { session_id: "the session that was told" },
  },
  "agent.queued": {
    when: "an agent is added to the fleet",
    of: "agent",
    data: { name: "in the fleet", role: "as given", agent: "OpenCode agent or specialist it runs" },
  },
  "agent.starting": {
    when: "the agent is given to a host",
    of: "agent",
    data: { host_id: "the host", attempt: "counted from 1" },
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
  "provider.limited": {
    when: "a provider refuses a request because of its rate limit, so that it rests for all fleets",
    of: "agent",
    data: {
      provider: "as in provider/model",
      rest_ms: "how long it rests",
      reason: "the provider's words",
    },
  },
  "worktree.created": { when: "the agent's worktree is ready", of: "agent", data: tree },
  "worktree.kept": {
    when: "the fleet has ended and the worktree holds work, or git cannot tell",
    of: "agent",
    data: {
      ...tree,
      commits: "made since it was created",
      uncommitted: "files changed or added; both are missing if git cannot tell",
    },
  },
  "worktree.removed": {
    when: "the fleet has ended and the worktree holds no work",
    of: "agent",
    data: tree,
  },
  "file.conflict": {
    when: "the agent edits a file that another agent changed since it last read it",
    of: "agent",
    data: {
      path: "absolute",
      peer: "id of the other agent",
      changed_ms_ago: "how long ago the other agent changed it",
    },
  },
  "host.starting": {
    when: "a host process is about to be started",
    of: "fleet",
    data: { host_id: "the host" },
  },
  "host.ready": {
    when: "the host answers and takes agents",
    of: "fleet",
    data: { host_id: "the host", pid: "of its process" },
  },
  "host.dismissed": {
    when: "an idle host is sent away, since others need its memory",
    of: "fleet",
    data: { host_id: "the host", pid: "of its process", cause: "why" },
  },
  "host.ended": {
    when: "the host ends",
    of: "fleet",
    data: { host_id: "the host", pid: "of its process, or `null`", cause: "why" },
  },
  "host.lost": {
    when: "the host dies, goes silent, or cannot be started",
    of: "fleet",
    data: { host_id: "the host", pid: "of its process, or `null`", cause: "why" },
  },
  "message.sent": {
    when: "a message is accepted; it belongs to the sender, or to the fleet when the lead sent it",
    of: "fleet or agent",
    data: {
      message_id: "the message",
      type: "the kind of message",
      to: "agent ids of the recipients, or `lead`",
      via: "`lead` if the lead sent it in an agent's name",
      correlation_id: "as given",
    },
  },
  "message.injected": {
    when: "it is put into the recipient's session; this and the events below belong to the recipient",
    of: "fleet or agent",
    data: { message_id: "the message" },
  },
  "message.seen": {
    when: "the recipient's model gets it, in a request or from `get_inbox`",
    of: "fleet or agent",
    data: {
      message_id: "the message",
      by: "`request` or `get_inbox`",
      seq: "its cursor, with `get_inbox` only",
    },
  },
  "message.acked": {
    when: "the recipient's turn ends, or it calls `ack_message`",
    of: "fleet or agent",
    data: { message_id: "the message", auto: "`true` at the end of a turn" },
  },
  "message.parked": {
    when: "mail for a lead that is gone is put aside for the next one",
    of: "fleet",
    data: { count: "how many messages" },
  },
  "message.undelivered": {
    when: "a message was put into a session several times without reaching its model",
    of: "fleet or agent",
    data: { message_id: "the message", tries: "how many times" },
  },
  "question.asked": {
    when: "an agent waits for a person",
    of: "agent",
    data: { question_id: questionId, wanted, deadline_ms: "after which it will be rejected" },
  },
  "question.answered": {
    when: "a person answers, or a grant made since then covers it",
    of: "agent",
    data: {
      question_id: questionId,
      wanted,
      answer: "`once`, `fleet`, `always`, `reject`, or the options chosen",
      reason: "what the agent is told, if anything",
    },
  },
  "question.expired": {
    when: "nobody answers in time, so it is rejected",
    of: "agent",
    data: { question_id: questionId, wanted, reason: "what the agent is told" },
  },
  "question.closed": {
    when: "nobody needs the answer any more",
    of: "agent",
    data: { question_id: questionId, wanted, reason: "why" },
  },
  "question.granted": {
    when: "a permission is given at once because a grant covers it",
    of: "agent",
    data: { wanted },
  },
  "grant.revoked": {
    when: "a person revokes a grant; without a fleet it was the project's",
    of: "fleet",
    data: { grant_id: "the grant", permission: "such as `bash`", pattern: "such as `git push *`" },
  },
  "capability.registered": {
    when: "`register_capability` changes what the router knows about an agent",
    of: "agent",
    data: { role: "as given", skills: "as given" },
  },
  "routing.outcome": {
    when: "`record_routing_outcome` is called",
    of: "neither",
    data: {
      agent_id: "as given",
      capability_key: "as given",
      success: "`true` or `false`",
      subjects: "the agent and specialist it counts for",
    },
  },
} as const satisfies Record<string, EventDoc>

/** Everything that can be told of a fleet's history. */
export type EventType = keyof typeof eventTypes

/** The data that an event of this type may carry. */
export type EventField<T extends EventType> = T extends EventType
  ? keyof (typeof eventTypes)[T]["data"]
  : never
