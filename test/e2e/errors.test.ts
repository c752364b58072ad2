import { afterAll, beforeAll, expect, test } from "bun:test"
import type { Puppet } from "./support/puppet.ts"
import type { Lead, Window } from "./support/window.ts"
import { createWorld, type World } from "./support/world.ts"

type Row = [what: string, tool: string, args: Record<string, unknown>, code: string]

const agent = { role: "R", prompt: "P" }
const many = (count: number) => Array.from({ length: count }, () => agent)
// F, DONE, GONE and MAIL stand for ids that are known once the world runs.
const leads: Row[] = [
  ["status of an unknown fleet", "fleet_status", { fleet_id: "flt_ghost" }, "UNKNOWN_FLEET"],
  ["status of an empty fleet id", "fleet_status", { fleet_id: "" }, "INVALID_ARGUMENT"],
  ["status of no fleet at all", "fleet_status", {}, "INVALID_ARGUMENT"],
  ["a wait below zero", "fleet_status", { fleet_id: "F", wait_seconds: -1 }, "INVALID_ARGUMENT"],
  ["a wait over ten minutes", "collect_results", { fleet_id: "F", wait_seconds: 601 }, "INVALID_ARGUMENT"],
  ["results of an unknown fleet", "collect_results", { fleet_id: "flt_ghost" }, "UNKNOWN_FLEET"],
  ["results of an unknown agent", "collect_results", { fleet_id: "F", agent_ids: ["ghost"] }, "UNKNOWN_AGENT"],
  ["results of an empty list", "collect_results", { fleet_id: "F", agent_ids: [] }, "INVALID_ARGUMENT"],
  ["fleets of an unknown status", "list_fleets", { status: "tired" }, "INVALID_ARGUMENT"],
  ["a list limit of zero", "list_fleets", { limit: 0 }, "INVALID_ARGUMENT"],
  ["a fleet of nobody", "spawn_fleet", { agents: [] }, "INVALID_ARGUMENT"],
  ["a fleet of 65", "spawn_fleet", { agents: many(65) }, "INVALID_ARGUMENT"],
  ["a fleet over the configured limit", "spawn_fleet", { agents: many(9) }, "LIMIT_REACHED"],
  ["an agent without a role", "spawn_fleet", { agents: [{ prompt: "P" }] }, "INVALID_ARGUMENT"],
  ["an agent with an empty prompt", "spawn_fleet", { agents: [{ role: "R", prompt: "" }] }, "INVALID_ARGUMENT"],
  ["an unknown field", "spawn_fleet", { agents: [agent], colour: "red" }, "INVALID_ARGUMENT"],
  ["an unknown isolation", "spawn_fleet", { agents: [agent], isolation: "vacuum" }, "INVALID_ARGUMENT"],
  ["no place to work in", "spawn_fleet", { agents: [agent], max_parallel: 0 }, "INVALID_ARGUMENT"],
  ["a timeout of zero", "spawn_fleet", { agents: [agent], timeout_ms: 0 }, "INVALID_ARGUMENT"],
  ["agents that are a text", "spawn_fleet", { agents: "everybody" }, "INVALID_ARGUMENT"],
  ["an unknown specialist", "spawn_fleet", { agents: [{ ...agent, agent: "wizard" }] }, "UNKNOWN_SPECIALIST"],
  ["an internal agent of OpenCode", "spawn_fleet", { agents: [{ ...agent, agent: "title" }] }, "UNKNOWN_SPECIALIST"],
  ["an unknown model", "spawn_fleet", { agents: [{ ...agent, model: "fake/m9" }] }, "UNKNOWN_MODEL"],
  ["a model without provider", "spawn_fleet", { agents: [{ ...agent, model: "m1" }] }, "INVALID_ARGUMENT"],
  ["an unknown directory", "spawn_fleet", { agents: [{ ...agent, directory: "no/such" }] }, "UNKNOWN_DIRECTORY"],
  ["the same name twice", "spawn_fleet", { agents: [{ ...agent, name: "x" }, { ...agent, name: "x" }] }, "NAME_TAKEN"],
  ["the lead's name", "spawn_fleet", { agents: [{ ...agent, name: "lead" }] }, "NAME_TAKEN"],
  ["attaching to an unknown fleet", "attach_agent", { fleet_id: "flt_ghost", ...agent }, "UNKNOWN_FLEET"],
  ["attaching a taken name", "attach_agent", { fleet_id: "F", ...agent, name: "busy" }, "NAME_TAKEN"],
  ["attaching an unknown specialist", "attach_agent", { fleet_id: "F", ...agent, agent: "wizard" }, "UNKNOWN_SPECIALIST"],
  ["attaching with an unknown model", "attach_agent", { fleet_id: "F", ...agent, model: "fake/m9" }, "UNKNOWN_MODEL"],
  ["stopping in an unknown fleet", "stop_agents", { fleet_id: "flt_ghost" }, "UNKNOWN_FLEET"],
  ["stopping an unknown agent", "stop_agents", { fleet_id: "F", agent_ids: ["ghost"] }, "UNKNOWN_AGENT"],
  ["stopping known and unknown ones", "stop_agents", { fleet_id: "F", agent_ids: ["busy", "ghost"] }, "UNKNOWN_AGENT"],
  ["stopping in an unknown way", "stop_agents", { fleet_id: "F", mode: "explode" }, "INVALID_ARGUMENT"],
  ["a message to nobody known", "send_message", { to_agent_id: "ghost", type: "alert", payload: "x" }, "UNKNOWN_AGENT"],
  ["a message to an empty id", "send_message", { to_agent_id: "", type: "alert", payload: "x" }, "INVALID_ARGUMENT"],
  ["an unknown type of message", "send_message", { to_agent_id: "busy", type: "chat", payload: "x" }, "INVALID_ARGUMENT"],
  ["an empty payload", "send_message", { to_agent_id: "busy", type: "alert", payload: "" }, "INVALID_ARGUMENT"],
  ["a payload of 65,537 bytes", "send_message", { to_agent_id: "busy", type: "alert", payload: "x".repeat(65_537) }, "PAYLOAD_TOO_LARGE"],
  ["a payload of 65,538 bytes in half as many letters", "send_message", { to_agent_id: "busy", type: "alert", payload: "é".repeat(32_769) }, "PAYLOAD_TOO_LARGE"],
  ["an overlong correlation", "send_message", { to_agent_id: "busy", type: "alert", payload: "x", correlation_id: "c".repeat(129) }, "INVALID_ARGUMENT"],
  ["a message in an unknown fleet", "send_message", { to_agent_id: "busy", type: "alert", payload: "x", fleet_id: "flt_ghost" }, "UNKNOWN_FLEET"],
  ["a message from a stranger", "send_message", { to_agent_id: "busy", type: "alert", payload: "x", fleet_id: "F", from_agent_id: "ghost" }, "NOT_YOUR_IDENTITY"],
  ["a message to a cancelled agent", "send_message", { to_agent_id: "GONE", type: "alert", payload: "x" }, "AGENT_ENDED"],
  ["a message of the lead to itself", "send_message", { to_agent_id: "lead", type: "alert", payload: "x" }, "NO_RECIPIENTS"],
  ["a message of an agent to itself", "send_message", { to_agent_id: "busy", from_agent_id: "busy", type: "alert", payload: "x" }, "NO_RECIPIENTS"],
  ["many messages, one of them wrong", "send_messages", { messages: [{ to_agent_id: "busy", type: "alert", payload: "x" }, { to_agent_id: "ghost", type: "alert", payload: "x" }] }, "UNKNOWN_AGENT"],
  ["no messages", "send_messages", { messages: [] }, "INVALID_ARGUMENT"],
  ["a stranger's inbox", "get_inbox", { agent_id: "ghost" }, "NOT_YOUR_IDENTITY"],
  ["a cursor that is none", "get_inbox", { since: "yesterday" }, "INVALID_ARGUMENT"],
  ["a page of 101", "get_inbox", { limit: 101 }, "INVALID_ARGUMENT"],
  ["acknowledging an unknown message", "ack_message", { message_id: "msg_ghost" }, "UNKNOWN_MESSAGE"],
  ["acknowledging another's message", "ack_message", { message_id: "MAIL" }, "NOT_A_RECIPIENT"],
  ["acknowledging as a stranger", "ack_message", { message_id: "MAIL", agent_id: "ghost" }, "NOT_YOUR_IDENTITY"],
  ["a capability of a stranger", "register_capability", { role: "R", skills: ["s"], agent_id: "ghost" }, "NOT_YOUR_IDENTITY"],
  ["a capability of nobody", "register_capability", { role: "R", skills: ["s"] }, "INVALID_ARGUMENT"],
  ["a capability without skills", "register_capability", { role: "R", skills: [], agent_id: "busy" }, "INVALID_ARGUMENT"],
  ["routing without a description", "route_work", {}, "INVALID_ARGUMENT"],
  ["routing an empty description", "route_work", { description: "" }, "INVALID_ARGUMENT"],
  ["routing to nobody", "route_work", { description: "x", top_n: 0 }, "INVALID_ARGUMENT"],
  ["listing no agents", "list_agents", { limit: 0 }, "INVALID_ARGUMENT"],
  ["an outcome of a stranger", "record_routing_outcome", { agent_id: "ghost", success: true }, "UNKNOWN_AGENT"],
  ["a timeout of half a millisecond", "set_fleet_timeout", { fleet_id: "F", timeout_ms: 0.5 }, "INVALID_ARGUMENT"],
  ["a timeout of an unknown fleet", "set_fleet_timeout", { fleet_id: "flt_ghost", timeout_ms: 1000 }, "UNKNOWN_FLEET"],
  ["a timeout of an ended fleet", "set_fleet_timeout", { fleet_id: "ENDED", timeout_ms: 1000 }, "AGENT_ENDED"],
]

const members: Row[] = [
  ["speaking as a peer", "send_message", { to_agent_id: "lead", type: "alert", payload: "x", from_agent_id: "done" }, "NOT_YOUR_IDENTITY"],
  ["speaking as the lead", "send_message", { to_agent_id: "done", type: "alert", payload: "x", from_agent_id: "lead" }, "NOT_YOUR_IDENTITY"],
  ["speaking in another fleet", "send_message", { to_agent_id: "lead", type: "alert", payload: "x", fleet_id: "ENDED" }, "NOT_ALLOWED"],
  ["writing to a stranger", "send_message", { to_agent_id: "ghost", type: "alert", payload: "x" }, "UNKNOWN_AGENT"],
  ["writing to a cancelled peer", "send_message", { to_agent_id: "gone", type: "alert", payload: "x" }, "AGENT_ENDED"],
  ["writing to itself", "send_message", { to_agent_id: "busy", type: "alert", payload: "x" }, "NO_RECIPIENTS"],
  ["writing too much", "send_message", { to_agent_id: "lead", type: "alert", payload: "x".repeat(65_537) }, "PAYLOAD_TOO_LARGE"],
  ["a peer's inbox", "get_inbox", { agent_id: "done" }, "NOT_YOUR_IDENTITY"],
  ["acknowledging a peer's message", "ack_message", { message_id: "PEERS" }, "NOT_A_RECIPIENT"],
  ["acknowledging as a peer", "ack_message", { message_id: "PEERS", agent_id: "done" }, "NOT_YOUR_IDENTITY"],
  ["attaching to another fleet", "attach_agent", { fleet_id: "ENDED", ...agent }, "NOT_THE_LEAD"],
  ["attaching to an unknown fleet", "attach_agent", { fleet_id: "flt_ghost", ...agent }, "UNKNOWN_FLEET"],
  ["attaching a taken name", "attach_agent", { fleet_id: "F", ...agent, name: "done" }, "NAME_TAKEN"],
  ["status of an unknown fleet", "fleet_status", { fleet_id: "flt_ghost" }, "UNKNOWN_FLEET"],
  ["a capability of a peer", "register_capability", { role: "R", skills: ["s"], agent_id: "done" }, "NOT_YOUR_IDENTITY"],
]

const strangers: Row[] = [
  ["a message without a fleet", "send_message", { to_agent_id: "busy", type: "alert", payload: "x" }, "NO_FLEET"],
  ["a capability of another's agent", "register_capability", { role: "R", skills: ["s"], agent_id: "busy" }, "NOT_YOUR_IDENTITY"],
  ["stopping another's fleet", "stop_agents", { fleet_id: "F" }, "NOT_THE_LEAD"],
  ["attaching to another's fleet", "attach_agent", { fleet_id: "F", ...agent }, "NOT_THE_LEAD"],
  ["a timeout for another's fleet", "set_fleet_timeout", { fleet_id: "F", timeout_ms: 1000 }, "NOT_THE_LEAD"],
  ["a message into another's fleet", "send_message", { to_agent_id: "busy", type: "alert", payload: "x", fleet_id: "F" }, "NOT_THE_LEAD"],
  ["speaking as another's agent", "send_message", { to_agent_id: "lead", type: "alert", payload: "x", fleet_id: "F", from_agent_id: "busy" }, "NOT_YOUR_IDENTITY"],
  ["the inbox of another's agent", "get_inbox", { agent_id: "BUSY" }, "NOT_YOUR_IDENTITY"],
]

const delegates: Row[] = [
  ["spawning", "spawn_fleet", { agents: [agent] }, "NOT_ALLOWED"],
  ["attaching", "attach_agent", { fleet_id: "F", ...agent }, "NOT_ALLOWED"],
  ["stopping", "stop_agents", { fleet_id: "F" }, "NOT_ALLOWED"],
  ["a timeout", "set_fleet_timeout", { fleet_id: "F", timeout_ms: 1000 }, "NOT_ALLOWED"],
  ["speaking as a member", "send_message", { to_agent_id: "lead", type: "alert", payload: "x", fleet_id: "F", from_agent_id: "busy" }, "NOT_YOUR_IDENTITY"],
]

let world: World
let window: Window
let lead: Lead
let busy: Puppet
let ids: Record<string, string>

beforeAll(async () => {
  world = await createWorld({
    settings: { isolation: "shared", tools: "all", agents_per_fleet: 8 },
    agents: { done: [{ text: "Done." }], ended: [{ text: "Ended." }] },
  })
  window = await world.window()
  lead = await window.lead("lead")
  busy = world.member("busy")
  const gone = world.member("gone")
  const { fleet_id, agent_ids } = await lead.call("spawn_fleet", {
    agents: ["busy", "gone", "done"].map((name) => ({ name, ...agent })),
  })
  await Promise.all([busy.request(), gone.request()])
  await lead.call("stop_agents", { fleet_id, agent_ids: ["gone"] })
  const ended = await lead.call("spawn_fleet", { agents: [{ name: "ended", ...agent }] })
  await lead.call("collect_results", { fleet_id: ended.fleet_id, wait_seconds: 60 })
  const mail = await lead.call("send_message", { to_agent_id: "busy", type: "handoff", payload: "MAIL" })
  const peers = await lead.call("send_message", { to_agent_id: "done", type: "handoff", payload: "PEERS", wake: false })
  ids = {
    F: fleet_id,
    BUSY: agent_ids[0],
    GONE: agent_ids[1],
    ENDED: ended.fleet_id,
    MAIL: mail.message_id,
    PEERS: peers.message_id,
  }
})
afterAll(() => world?.end())

const resolve = (args: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(args).map(([key, value]) => [key, (typeof value === "string" && ids[value]) || value]),
  )

/** All rows in one turn of the caller, with the rows of the ledger before and after. */
const answersTo = async (caller: Puppet, rows: readonly Row[]) => {
  const before = await world.counts()
  const answers = await caller.calls(rows.map(([, tool, args]) => [tool, resolve(args)]))
  expect(await world.counts()).toEqual(before)
  return answers.map(String)
}

const expectErrors = async (caller: Puppet, rows: readonly Row[]) => {
  const answers = await answersTo(caller, rows)
  const codes = answers.map((text, index) => `${rows[index]![0]}: ${/^\[[A-Z_]+\]/.exec(text)?.[0] ?? text}`)
  expect(codes).toEqual(rows.map(([what, , , code]) => `${what}: [${code}]`))
  for (const text of answers) expect(text).toMatch(/^\[[A-Z_]+\] \S.*\nNext: \S.*$/)
}

test("every wrong call of a lead answers its code and a next step, and changes nothing", async () => {
  await expectErrors(lead, leads)
})

test("every wrong call of a member answers its code and a next step, and changes nothing", async () => {
  await busy.call("list_agents")
  await world.untilDelivery(ids["MAIL"]!, "seen")
  await expectErrors(busy, members)
})

test("a member has no tool to spawn, stop or time out, and trying changes nothing", async () => {
  const { tools } = await busy.request()
  for (const tool of ["spawn_fleet", "stop_agents", "set_fleet_timeout"]) expect(tools).not.toContain(tool)
  const before = await world.counts()
  const [answer] = await busy.calls([["stop_agents", { fleet_id: ids["F"] }]])
  expect(String(answer)).toContain("unavailable tool 'stop_agents'")
  expect(await world.counts()).toEqual(before)
})

test("a session that leads nothing cannot act in another's fleet", async () => {
  const stranger = await window.lead("stranger")
  await stranger.call("list_fleets")
  await expectErrors(stranger, strangers)
})

test("a sub-session may read and send for its parent, and nothing else", async () => {
  const helper = world.member("sub")
  const task = lead.call("task", {
    description: "Help",
    prompt: "[[as:sub]] Help the lead.",
    subagent_type: "general",
  })
  await helper.request()
  await expectErrors(helper, delegates)
  const sent = await helper.call("send_message", { to_agent_id: "busy", type: "alert", payload: "From a helper.", fleet_id: ids["F"] })
  expect(sent).toEqual({ message_id: expect.any(String), recipients: [ids["BUSY"]] })
  await helper.says("Helped.")
  expect(String(await task)).toContain("Helped.")
})
