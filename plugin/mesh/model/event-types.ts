interface EventDoc {
  /** Ends the sentence "Written when …". */
  when: string
  /** Whose history it belongs to: of a fleet and an agent, of the fleet alone, or of neither. */
  of: "agent" | "fleet" | "fleet or agent" | "project"
  data: Record<string, string>
}

const questionId = "the question"
const wanted = "what was asked for, in a line"
const failure = {
  code: "why, as in `error` of a result (`HOST_LOST`, `TIMEOUT`, …)",
  detail: "the same in words",
}
const tree = { path: "of the worktree", branch: "its branch" }

/**
 * Everything the history tells. The page docs/events.md is made from it, and the compiler holds the
 * fields against what is written. At run time only the names exist.
 */
export const eventTypes = {
  "fleet.created": {
    when: "`spawn_fleet` has been accepted",
    of: "fleet",
    data: {
      name: "of the fleet",
      isolation: "`auto`, `process` or `shared`",
      maxParallel: "agents at work at once",
      hostLimit: "host processes at once",
    },
  },
  "fleet.supervised": {
    when: "a process has taken the fleet's lease",
    of: "fleet",
    data: { pid: "of that process" },
  },
  "fleet.timeout_set": {
    when: "`set_fleet_timeout` has moved the deadline",
    of: "fleet",
    data: { timeout_ms: "from now on" },
  },
  "fleet.wakes_capped": {
    when: "mail has not woken its recipient, because of a cap or a spent budget",
    of: "fleet",
    data: { recipient: "whose mail stays unread", detail: "which limit was reached" },
  },
  "fleet.all_waiting": {
    when: "every agent that has not ended waits for a message and none is under way",
    of: "fleet",
    data: { agents: "ids of those that wait" },
  },
  "fleet.ended": {
    when: "the last agent has ended",
    of: "fleet",
    data: { status: "`complete`, `failed` or `cancelled`" },
  },
  "fleet.reopened": {
    when: "an ended fleet has work again: an agent was woken or attached",
    of: "fleet",
    data: {},
  },
  "fleet.adopted": {
    when: "another session has become its lead, since the old one's process is gone",
    of: "fleet",
    data: { from: "session of the old lead", by: "session of the new one" },
  },
  "fleet.told": {
    when: "a new session of the project was told of a fleet whose lead is gone",
    of: "fleet",
    data: { session_id: "who was told" },
  },
  "agent.queued": {
    when: "an agent has been added to the fleet",
    of: "agent",
    data: { name: "in the fleet", role: "as given", agent: "OpenCode agent or specialist it runs" },
  },
  "agent.starting": {
    when: "the agent was given to a host",
    of: "agent",
    data: { host_id: "the host", attempt: "counted from 1" },
  },
  "agent.retrying": {
    when: "the agent was given to a host for another attempt",
    of: "agent",
    data: { host_id: "the host", attempt: "counted from 1" },
  },
  "agent.running": {
    when: "its session has got its prompt",
    of: "agent",
    data: { session_id: "in OpenCode", pid: "of the host", attempt: "counted from 1" },
  },
  "agent.woken": {
    when: "mail has woken an agent that was complete",
    of: "agent",
    data: {},
  },
  "agent.interrupted": {
    when: "an attempt has failed and another will follow",
    of: "agent",
    data: {
      ...failure,
      attempt: "the one that failed",
      retry_in_ms: "wait before the next one",
    },
  },
  "agent.complete": { when: "the agent has given its final answer", of: "agent", data: {} },
  "agent.failed": { when: "the agent has ended without one", of: "agent", data: failure },
  "agent.cancelled": { when: "the agent was stopped", of: "agent", data: failure },
  "agent.stop_requested": {
    when: "somebody or some limit asks for the agent's end",
    of: "agent",
    data: {
      mode: "`wrap_up`, `retry`, `cancel` or `kill`",
      reason: "as given, or null",
      code: failure.code,
    },
  },
  "agent.stalled": {
    when: "the agent has shown no activity for `stall_ms`; once per silence",
    of: "agent",
    data: {
      idle_ms: "length of the silence",
      activity: "what it was last seen doing",
      on_stall: "what follows: `report`, `cancel` or `retry`",
    },
  },
  "agent.looping": {
    when: "the agent has made the same call `loop_calls` times in a row",
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
    when: "a provider has refused a request because of its rate limit and rests for all fleets",
    of: "agent",
    data: {
      provider: "as in provider/model",
      rest_ms: "how long it rests",
      reason: "the provider's words",
    },
  },
  "worktree.created": { when: "the agent's worktree is ready", of: "agent", data: tree },
  "worktree.kept": {
    when: "the fleet has ended and the worktree holds work, or cannot be judged",
    of: "agent",
    data: {
      ...tree,
      commits: "beyond the commit it began at",
      uncommitted: "files changed or new; both are missing where git could not tell",
    },
  },
  "worktree.removed": {
    when: "the fleet has ended and the worktree held no work",
    of: "agent",
    data: tree,
  },
  "file.conflict": {
    when: "the agent has edited a file that another one changed since it last read it",
    of: "agent",
    data: {
      path: "absolute",
      peer: "agent id of the other one",
      changed_ms_ago: "since the other one's change",
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
  "host.ended": {
    when: "the host is no longer used",
    of: "fleet",
    data: { host_id: "the host", pid: "of its process, or null", cause: "why" },
  },
  "host.lost": {
    when: "the host died, went silent, or could not be started",
    of: "fleet",
    data: { host_id: "the host", pid: "of its process, or null", cause: "why" },
  },
  "message.sent": {
    when: "a message was accepted; the agent is its sender, and is missing when the lead sent it",
    of: "fleet or agent",
    data: {
      message_id: "the message",
      type: "`handoff`, `question`, `result`, `alert` or `request_help`",
      to: "agent ids of the recipients, or `lead`",
      via: "`lead` when the lead sent it in an agent's name",
      correlation_id: "as given",
    },
  },
  "message.injected": {
    when: "it was put into the recipient's session; the agent is the recipient, here and below",
    of: "fleet or agent",
    data: { message_id: "the message" },
  },
  "message.seen": {
    when: "the recipient's model has got it, in a request or as an answer of `get_inbox`",
    of: "fleet or agent",
    data: {
      message_id: "the message",
      by: "`request` or `get_inbox`",
      seq: "its cursor, by `get_inbox` only",
    },
  },
  "message.acked": {
    when: "the recipient's turn has ended, or it called `ack_message`",
    of: "fleet or agent",
    data: { message_id: "the message", auto: "true at the end of a turn" },
  },
  "message.parked": {
    when: "mail for a lead that is gone was laid aside for the next one",
    of: "fleet",
    data: { count: "of messages" },
  },
  "message.undelivered": {
    when: "a message was put into a session several times and never reached its model",
    of: "fleet or agent",
    data: { message_id: "the message", tries: "how many times" },
  },
  "question.asked": {
    when: "an agent waits for a person",
    of: "agent",
    data: { question_id: questionId, wanted, deadline_ms: "after which it is rejected" },
  },
  "question.answered": {
    when: "a person has answered, or a grant covers it by now",
    of: "agent",
    data: {
      question_id: questionId,
      wanted,
      answer: "`once`, `fleet`, `always`, `reject`, or the options chosen",
      reason: "that the agent reads, if there is one",
    },
  },
  "question.expired": {
    when: "nobody answered in time, so it was rejected",
    of: "agent",
    data: { question_id: questionId, wanted, reason: "that the agent reads" },
  },
  "question.closed": {
    when: "nobody needs the answer any more",
    of: "agent",
    data: { question_id: questionId, wanted, reason: "why" },
  },
  "question.granted": {
    when: "a permission was given at once, because a grant covers it",
    of: "agent",
    data: { wanted },
  },
  "grant.revoked": {
    when: "a person took a grant back; without a fleet it was the project's",
    of: "fleet",
    data: { grant_id: "the grant", permission: "such as `bash`", pattern: "such as `git push *`" },
  },
  "capability.registered": {
    when: "`register_capability` changed what the router knows of an agent",
    of: "agent",
    data: { role: "as given", skills: "as given" },
  },
  "routing.outcome": {
    when: "`record_routing_outcome` was called",
    of: "project",
    data: {
      agent_id: "as given",
      capability_key: "as given",
      success: "true or false",
      subjects: "agent and specialist that it counts for",
    },
  },
} as const satisfies Record<string, EventDoc>

/** Everything that can be told of a fleet's history. */
export type EventType = keyof typeof eventTypes

/** The data that an event of this type may carry. */
export type EventField<T extends EventType> = T extends EventType
  ? keyof (typeof eventTypes)[T]["data"]
  : never
