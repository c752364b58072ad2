import type { EventDoc } from "./event-doc.ts"

const questionId = "the question"
const wanted = "what was asked for, in one line"

/** What agents say, ask and tell of themselves. */
export const mailEvents = {
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
