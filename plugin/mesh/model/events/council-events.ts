import type { EventDoc } from "./event-doc.ts"

const proposal = "the proposal"

/** Receipts, and what is voted on. */
export const councilEvents = {
  "receipt.written": {
    when: "`receipt` says something new of a message; it belongs to whoever says it",
    of: "fleet or agent",
    data: { message_id: "the message", action: "as given", note: "as given" },
  },
  "ratification.opened": {
    when: "`open_ratification` mails a proposal",
    of: "fleet",
    data: {
      message_id: proposal,
      subject: "as given",
      quorum: "as given",
      voters: "agent ids, `lead` or `human`",
      deadline: "ISO time",
    },
  },
  "vote.cast": {
    when: "a voter votes, or changes its vote; a person's vote and the lead's belong to the fleet",
    of: "fleet or agent",
    data: {
      message_id: proposal,
      voter: "an agent id, `lead` or `human`",
      approve: "`true` or `false`",
      action: "the receipt that holds it",
      note: "as given",
    },
  },
  "ratification.resolved": {
    when: "a vote or the deadline brings its end, once",
    of: "fleet",
    data: {
      message_id: proposal,
      status: "`ratified`, `rejected` or `expired`",
      approving: "weights",
      declining: "weights",
      silent: "weights",
      quorum: "as given",
    },
  },
} as const satisfies Record<string, EventDoc>
