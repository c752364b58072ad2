type Arguments = Record<string, unknown>
export type WrongCall = [what: string, tool: string, args: Arguments, code: string]

// In these arguments F, ENDED, BUSY, GONE, MAIL and PEERS stand for ids that a running world has.

const of = (tool: string, calls: readonly [string, Arguments, string][]): WrongCall[] =>
  calls.map(([what, args, code]) => [what, tool, args, code])

const agent = { role: "R", prompt: "P" }
const fleetOf = (more: Arguments) => ({ agents: [{ ...agent, ...more }] })
const many = (count: number) => Array.from({ length: count }, () => agent)
const message = (more: Arguments = {}) => ({
  to_agent_id: "busy",
  type: "alert",
  payload: "x",
  ...more,
})

const receipt = (more: Arguments) => ({ message_id: "MAIL", action: "started", ...more })
const proposal = (more: Arguments) => ({ fleet_id: "F", subject: "x", quorum: 1, ...more })

export const wrongCallsOfLeads: WrongCall[] = [
  ...of("fleet_status", [
    ["status of an unknown fleet", { fleet_id: "flt_ghost" }, "UNKNOWN_FLEET"],
    ["status of an empty fleet id", { fleet_id: "" }, "INVALID_ARGUMENT"],
    ["a wait below zero", { fleet_id: "F", wait_seconds: -1 }, "INVALID_ARGUMENT"],
  ]),
  ...of("collect_results", [
    ["a wait over ten minutes", { fleet_id: "F", wait_seconds: 601 }, "INVALID_ARGUMENT"],
    ["results of an unknown fleet", { fleet_id: "flt_ghost" }, "UNKNOWN_FLEET"],
    ["results of an unknown agent", { fleet_id: "F", agent_ids: ["ghost"] }, "UNKNOWN_AGENT"],
    ["results of an empty list", { fleet_id: "F", agent_ids: [] }, "INVALID_ARGUMENT"],
  ]),
  ...of("list_fleets", [
    ["fleets of an unknown status", { status: "tired" }, "INVALID_ARGUMENT"],
    ["a list limit of zero", { limit: 0 }, "INVALID_ARGUMENT"],
  ]),
  ...of("spawn_fleet", [
    ["a fleet of nobody", { agents: [] }, "INVALID_ARGUMENT"],
    ["a fleet of 65", { agents: many(65) }, "INVALID_ARGUMENT"],
    ["a fleet over the configured limit", { agents: many(9) }, "LIMIT_REACHED"],
    ["an agent without a role", { agents: [{ prompt: "P" }] }, "INVALID_ARGUMENT"],
    ["an agent with an empty prompt", { agents: [{ role: "R", prompt: "" }] }, "INVALID_ARGUMENT"],
    ["an unknown field", { agents: [agent], colour: "red" }, "INVALID_ARGUMENT"],
    ["an unknown isolation", { agents: [agent], isolation: "vacuum" }, "INVALID_ARGUMENT"],
    ["no place to work in", { agents: [agent], max_parallel: 0 }, "INVALID_ARGUMENT"],
    ["a timeout of zero", { agents: [agent], timeout_ms: 0 }, "INVALID_ARGUMENT"],
    ["agents that are a text", { agents: "everybody" }, "INVALID_ARGUMENT"],
    ["an unknown specialist", fleetOf({ agent: "wizard" }), "UNKNOWN_SPECIALIST"],
    ["an internal agent of OpenCode", fleetOf({ agent: "title" }), "UNKNOWN_SPECIALIST"],
    ["an unknown model", fleetOf({ model: "fake/m9" }), "UNKNOWN_MODEL"],
    ["a model without provider", fleetOf({ model: "m1" }), "INVALID_ARGUMENT"],
    ["an unknown directory", fleetOf({ directory: "no/such" }), "UNKNOWN_DIRECTORY"],
    [
      "the same name twice",
      {
        agents: [
          { ...agent, name: "x" },
          { ...agent, name: "x" },
        ],
      },
      "NAME_TAKEN",
    ],
    ["the lead's name", fleetOf({ name: "lead" }), "NAME_TAKEN"],
  ]),
  ...of("attach_agent", [
    ["attaching to an unknown fleet", { fleet_id: "flt_ghost", ...agent }, "UNKNOWN_FLEET"],
    ["attaching a taken name", { fleet_id: "F", ...agent, name: "busy" }, "NAME_TAKEN"],
    [
      "attaching an unknown specialist",
      { fleet_id: "F", ...agent, agent: "wizard" },
      "UNKNOWN_SPECIALIST",
    ],
    [
      "attaching with an unknown model",
      { fleet_id: "F", ...agent, model: "fake/m9" },
      "UNKNOWN_MODEL",
    ],
  ]),
  ...of("stop_agents", [
    ["stopping in an unknown fleet", { fleet_id: "flt_ghost" }, "UNKNOWN_FLEET"],
    ["stopping an unknown agent", { fleet_id: "F", agent_ids: ["ghost"] }, "UNKNOWN_AGENT"],
    [
      "stopping known and unknown ones",
      { fleet_id: "F", agent_ids: ["busy", "ghost"] },
      "UNKNOWN_AGENT",
    ],
    ["stopping in an unknown way", { fleet_id: "F", mode: "explode" }, "INVALID_ARGUMENT"],
  ]),
  ...of("send_message", [
    ["a message to nobody known", message({ to_agent_id: "ghost" }), "UNKNOWN_AGENT"],
    ["a message to an empty id", message({ to_agent_id: "" }), "INVALID_ARGUMENT"],
    ["an unknown type of message", message({ type: "chat" }), "INVALID_ARGUMENT"],
    ["an empty payload", message({ payload: "" }), "INVALID_ARGUMENT"],
    ["a payload of 65,537 bytes", message({ payload: "x".repeat(65_537) }), "PAYLOAD_TOO_LARGE"],
    [
      "a payload of 65,538 bytes in half as many letters",
      message({ payload: "é".repeat(32_769) }),
      "PAYLOAD_TOO_LARGE",
    ],
    ["an overlong correlation", message({ correlation_id: "c".repeat(129) }), "INVALID_ARGUMENT"],
    ["a message in an unknown fleet", message({ fleet_id: "flt_ghost" }), "UNKNOWN_FLEET"],
    [
      "a message from a stranger",
      message({ fleet_id: "F", from_agent_id: "ghost" }),
      "NOT_YOUR_IDENTITY",
    ],
    ["a message to a cancelled agent", message({ to_agent_id: "GONE" }), "AGENT_ENDED"],
    ["a message of the lead to itself", message({ to_agent_id: "lead" }), "NO_RECIPIENTS"],
    ["a message of an agent to itself", message({ from_agent_id: "busy" }), "NO_RECIPIENTS"],
  ]),
  ...of("send_messages", [
    [
      "many messages, one of them wrong",
      {
        messages: [
          { to_agent_id: "busy", type: "alert", payload: "x" },
          { to_agent_id: "ghost", type: "alert", payload: "x" },
        ],
      },
      "UNKNOWN_AGENT",
    ],
    ["no messages", { messages: [] }, "INVALID_ARGUMENT"],
  ]),
  ...of("get_inbox", [
    ["a stranger's inbox", { agent_id: "ghost" }, "NOT_YOUR_IDENTITY"],
    ["a cursor that is none", { since: "yesterday" }, "INVALID_ARGUMENT"],
    ["a page of 101", { limit: 101 }, "INVALID_ARGUMENT"],
  ]),
  ...of("ack_message", [
    ["acknowledging an unknown message", { message_id: "msg_ghost" }, "UNKNOWN_MESSAGE"],
    ["acknowledging another's message", { message_id: "MAIL" }, "NOT_A_RECIPIENT"],
    ["acknowledging as a stranger", { message_id: "MAIL", agent_id: "ghost" }, "NOT_YOUR_IDENTITY"],
  ]),
  ...of("register_capability", [
    [
      "a capability of a stranger",
      { role: "R", skills: ["s"], agent_id: "ghost" },
      "NOT_YOUR_IDENTITY",
    ],
    ["a capability of nobody", { role: "R", skills: ["s"] }, "INVALID_ARGUMENT"],
    [
      "a capability without skills",
      { role: "R", skills: [], agent_id: "busy" },
      "INVALID_ARGUMENT",
    ],
  ]),
  ...of("route_work", [
    ["routing without a description", {}, "INVALID_ARGUMENT"],
    ["routing an empty description", { description: "" }, "INVALID_ARGUMENT"],
    ["routing to nobody", { description: "x", top_n: 0 }, "INVALID_ARGUMENT"],
  ]),
  ...of("list_agents", [["listing no agents", { limit: 0 }, "INVALID_ARGUMENT"]]),
  ...of("record_routing_outcome", [
    ["an outcome of a stranger", { agent_id: "ghost", success: true }, "UNKNOWN_AGENT"],
  ]),
  ...of("set_fleet_timeout", [
    ["a timeout of half a millisecond", { fleet_id: "F", timeout_ms: 0.5 }, "INVALID_ARGUMENT"],
    ["a timeout of an unknown fleet", { fleet_id: "flt_ghost", timeout_ms: 1000 }, "UNKNOWN_FLEET"],
    ["a timeout of an ended fleet", { fleet_id: "ENDED", timeout_ms: 1000 }, "FLEET_ENDED"],
  ]),
  ...of("receipt", [
    ["a receipt of an unknown message", receipt({ message_id: "msg_ghost" }), "UNKNOWN_MESSAGE"],
    ["a receipt that is a vote", receipt({ action: "r-ack" }), "INVALID_ARGUMENT"],
    ["a receipt that is a delivery's step", receipt({ action: "acked" }), "INVALID_ARGUMENT"],
  ]),
  ...of("get_receipts", [
    ["receipts of an unknown message", { message_id: "msg_ghost" }, "UNKNOWN_MESSAGE"],
  ]),
  ...of("open_ratification", [
    ["a quorum out of reach", proposal({ quorum: 9 }), "INVALID_ARGUMENT"],
    ["a voter who is not there", proposal({ voters: ["ghost"] }), "UNKNOWN_AGENT"],
    ["a voter who was cancelled", proposal({ voters: ["gone"] }), "AGENT_ENDED"],
    ["a deadline that has passed", proposal({ deadline: "2020-01-01T00:00Z" }), "INVALID_ARGUMENT"],
    ["a weight of who does not vote", proposal({ weights: { lead: 2 } }), "INVALID_ARGUMENT"],
    ["a proposal in an unknown fleet", proposal({ fleet_id: "flt_ghost" }), "UNKNOWN_FLEET"],
  ]),
  ...of("cast_vote", [
    ["a vote on no proposal", { message_id: "MAIL", approve: true }, "UNKNOWN_MESSAGE"],
    ["a vote that is neither", { message_id: "MAIL", approve: "maybe" }, "INVALID_ARGUMENT"],
  ]),
  ...of("subscribe_inbox", [
    ["an inbox of nobody", { agent_id: "ghost" }, "NOT_YOUR_IDENTITY"],
    ["an inbox without a name", { agent_id: "" }, "INVALID_ARGUMENT"],
  ]),
  ...of("tally_ratification", [
    ["a tally of no proposal", { message_id: "MAIL" }, "UNKNOWN_MESSAGE"],
  ]),
  ...of("sweep_ratifications", [["a sweep of a fleet", { fleet_id: "F" }, "INVALID_ARGUMENT"]]),
]

export const wrongCallsOfMembers: WrongCall[] = [
  ...of("send_message", [
    [
      "speaking as a peer",
      message({ to_agent_id: "lead", from_agent_id: "done" }),
      "NOT_YOUR_IDENTITY",
    ],
    [
      "speaking as the lead",
      message({ to_agent_id: "done", from_agent_id: "lead" }),
      "NOT_YOUR_IDENTITY",
    ],
    [
      "speaking in another fleet",
      message({ to_agent_id: "lead", fleet_id: "ENDED" }),
      "NOT_ALLOWED",
    ],
    ["writing to a stranger", message({ to_agent_id: "ghost" }), "UNKNOWN_AGENT"],
    ["writing to a cancelled peer", message({ to_agent_id: "gone" }), "AGENT_ENDED"],
    ["writing to itself", message(), "NO_RECIPIENTS"],
    [
      "writing too much",
      message({ to_agent_id: "lead", payload: "x".repeat(65_537) }),
      "PAYLOAD_TOO_LARGE",
    ],
  ]),
  ...of("get_inbox", [["a peer's inbox", { agent_id: "done" }, "NOT_YOUR_IDENTITY"]]),
  ...of("ack_message", [
    ["acknowledging a peer's message", { message_id: "PEERS" }, "NOT_A_RECIPIENT"],
    ["acknowledging as a peer", { message_id: "PEERS", agent_id: "done" }, "NOT_YOUR_IDENTITY"],
  ]),
  ...of("attach_agent", [
    ["attaching to another fleet", { fleet_id: "ENDED", ...agent }, "NOT_THE_LEAD"],
    ["attaching to an unknown fleet", { fleet_id: "flt_ghost", ...agent }, "UNKNOWN_FLEET"],
    ["attaching a taken name", { fleet_id: "F", ...agent, name: "done" }, "NAME_TAKEN"],
  ]),
  ...of("fleet_status", [
    ["status of an unknown fleet", { fleet_id: "flt_ghost" }, "UNKNOWN_FLEET"],
  ]),
  ...of("register_capability", [
    ["a capability of a peer", { role: "R", skills: ["s"], agent_id: "done" }, "NOT_YOUR_IDENTITY"],
  ]),
  ...of("receipt", [
    ["a receipt of a peer's message", receipt({ message_id: "PEERS" }), "NOT_A_RECIPIENT"],
    ["a vote as a receipt", receipt({ action: "r-decline:2" }), "INVALID_ARGUMENT"],
  ]),
  ...of("cast_vote", [
    ["voting on a message", { message_id: "MAIL", approve: true }, "UNKNOWN_MESSAGE"],
    [
      "voting as a peer",
      { message_id: "MAIL", approve: true, agent_id: "done" },
      "INVALID_ARGUMENT",
    ],
  ]),
]

/** Of a session that leads nothing. */
export const wrongCallsOfStrangers: WrongCall[] = [
  ...of("send_message", [["a message without a fleet", message(), "NO_FLEET"]]),
  ...of("register_capability", [
    [
      "a capability of another's agent",
      { role: "R", skills: ["s"], agent_id: "busy" },
      "NOT_YOUR_IDENTITY",
    ],
  ]),
  ...of("stop_agents", [["stopping another's fleet", { fleet_id: "F" }, "NOT_THE_LEAD"]]),
  ...of("attach_agent", [
    ["attaching to another's fleet", { fleet_id: "F", ...agent }, "NOT_THE_LEAD"],
  ]),
  ...of("merge_agents", [["merging another's fleet", { fleet_id: "F" }, "NOT_THE_LEAD"]]),
  ...of("set_fleet_timeout", [
    ["a timeout for another's fleet", { fleet_id: "F", timeout_ms: 1000 }, "NOT_THE_LEAD"],
  ]),
  ...of("open_ratification", [["a proposal to another's fleet", proposal({}), "NOT_THE_LEAD"]]),
  ...of("send_message", [
    ["a message into another's fleet", message({ fleet_id: "F" }), "NOT_THE_LEAD"],
    [
      "speaking as another's agent",
      message({ to_agent_id: "lead", fleet_id: "F", from_agent_id: "busy" }),
      "NOT_YOUR_IDENTITY",
    ],
  ]),
  ...of("get_inbox", [["the inbox of another's agent", { agent_id: "BUSY" }, "NOT_YOUR_IDENTITY"]]),
]

/** Of a lead's sub-session. */
export const wrongCallsOfDelegates: WrongCall[] = [
  ...of("spawn_fleet", [["spawning", { agents: [agent] }, "NOT_ALLOWED"]]),
  ...of("attach_agent", [["attaching", { fleet_id: "F", ...agent }, "NOT_ALLOWED"]]),
  ...of("stop_agents", [["stopping", { fleet_id: "F" }, "NOT_ALLOWED"]]),
  ...of("merge_agents", [["merging", { fleet_id: "F" }, "NOT_ALLOWED"]]),
  ...of("set_fleet_timeout", [["a timeout", { fleet_id: "F", timeout_ms: 1000 }, "NOT_ALLOWED"]]),
  ...of("receipt", [["a receipt", receipt({}), "NOT_ALLOWED"]]),
  ...of("open_ratification", [["a proposal", proposal({}), "NOT_ALLOWED"]]),
  ...of("cast_vote", [["a vote", { message_id: "MAIL", approve: true }, "NOT_ALLOWED"]]),
  ...of("send_message", [
    [
      "speaking as a member",
      message({ to_agent_id: "lead", fleet_id: "F", from_agent_id: "busy" }),
      "NOT_YOUR_IDENTITY",
    ],
  ]),
]
