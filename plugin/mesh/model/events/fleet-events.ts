import type { EventDoc } from "./event-doc.ts"

/** What happens to a fleet as a whole. */
export const fleetEvents = {
  "fleet.created": {
    when: "`spawn_fleet` or `spawn_from_template` is accepted",
    of: "fleet",
    data: {
      name: "of the fleet",
      isolation: "`auto`, `process` or `shared`",
      maxParallel: "agents at work at once",
      hostLimit: "host processes at once",
      template: "what it was spawned from, with its version",
      traceparent: "the trace of its lead, with telemetry on (W3C trace context)",
    },
  },
  "fleet.supervised": {
    when: "a process takes the fleet's lease",
    of: "fleet",
    data: { pid: "of that process" },
  },
  "fleet.bound": {
    when: "its lead goes on under other permission rules; they bind its agents' next turns",
    of: "fleet",
    data: { agent: "what the lead runs as" },
  },
  "fleet.slept": {
    when: "its supervisor notices that nobody was awake: that time counts for no deadline, budget or heartbeat",
    of: "fleet",
    data: { from: "when it began", until: "when somebody was awake again" },
  },
  "fleet.timeout_set": {
    when: "`set_fleet_timeout` sets the deadline",
    of: "fleet",
    data: { timeout_ms: "counted from now" },
  },
  "fleet.cap_lifted": {
    when: "a person speaks to a lead that was told its agents talk in circles; what is capped is counted anew",
    of: "fleet",
    data: {},
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
  "fleet.lead_deleted": {
    when: "the session of its lead was deleted: the fleet goes on without one",
    of: "fleet",
    data: { session_id: "the one that was deleted" },
  },
  "fleet.pruned": {
    when: "a fleet that ended long ago is taken out of the ledger, all of its history with it",
    of: "neither",
    data: {
      fleet_id: "which it was",
      name: "of the fleet",
      agents: "how many it had",
      messages: "sent in it",
      events: "of its history",
    },
  },
  "fleet.told": {
    when: "a new session of the project is told about a fleet whose lead is gone",
    of: "fleet",
    data: { session_id: "the session that was told" },
  },
} as const satisfies Record<string, EventDoc>
