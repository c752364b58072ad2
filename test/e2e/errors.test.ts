import { afterAll, beforeAll, expect, test } from "bun:test"
import type { Puppet } from "./support/puppet.ts"
import type { Lead, Window } from "./support/window.ts"
import { createWorld, type World } from "./support/world.ts"
import {
  type WrongCall,
  wrongCallsOfDelegates,
  wrongCallsOfLeads,
  wrongCallsOfMembers,
  wrongCallsOfStrangers,
} from "./support/wrong-calls.ts"

const agent = { role: "R", prompt: "P" }

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
  const mail = await lead.call("send_message", {
    to_agent_id: "busy",
    type: "handoff",
    payload: "MAIL",
  })
  const peers = await lead.call("send_message", {
    to_agent_id: "done",
    type: "handoff",
    payload: "PEERS",
    wake: false,
  })
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
    Object.entries(args).map(([key, value]) => [
      key,
      (typeof value === "string" && ids[value]) || value,
    ]),
  )

/** All rows in one turn of the caller, with the rows of the ledger before and after. */
const answersTo = async (caller: Puppet, rows: readonly WrongCall[]) => {
  const before = await world.counts()
  const answers = await caller.calls(rows.map(([, tool, args]) => [tool, resolve(args)]))
  expect(await world.counts()).toEqual(before)
  return answers.map(String)
}

const expectErrors = async (caller: Puppet, rows: readonly WrongCall[]) => {
  const answers = await answersTo(caller, rows)
  const codes = answers.map(
    (text, index) => `${rows[index]![0]}: ${/^\[[A-Z_]+\]/.exec(text)?.[0] ?? text}`,
  )
  expect(codes).toEqual(rows.map(([what, , , code]) => `${what}: [${code}]`))
  for (const text of answers) expect(text).toMatch(/^\[[A-Z_]+\] \S.*\nNext: \S.*$/)
}

test("every wrong call of a lead answers its code and a next step, and changes nothing", async () => {
  await expectErrors(lead, wrongCallsOfLeads)
})

test("every wrong call of a member answers its code and a next step, and changes nothing", async () => {
  await busy.call("list_agents")
  await world.untilDelivery(ids["MAIL"]!, "seen")
  await expectErrors(busy, wrongCallsOfMembers)
})

test("a member has no tool to spawn, stop or time out, and trying changes nothing", async () => {
  const { tools } = await busy.request()
  for (const tool of ["spawn_fleet", "stop_agents", "set_fleet_timeout"])
    expect(tools).not.toContain(tool)
  const before = await world.counts()
  const [answer] = await busy.calls([["stop_agents", { fleet_id: ids["F"] }]])
  expect(String(answer)).toContain("unavailable tool 'stop_agents'")
  expect(await world.counts()).toEqual(before)
})

test("a session that leads nothing cannot act in another's fleet", async () => {
  const stranger = await window.lead("stranger")
  await stranger.call("list_fleets")
  await expectErrors(stranger, wrongCallsOfStrangers)
})

test("a sub-session may read and send for its parent, and nothing else", async () => {
  const helper = world.member("sub")
  const task = lead.call("task", {
    description: "Help",
    prompt: "[[as:sub]] Help the lead.",
    subagent_type: "general",
  })
  await helper.request()
  await expectErrors(helper, wrongCallsOfDelegates)
  const sent = await helper.call("send_message", {
    to_agent_id: "busy",
    type: "alert",
    payload: "From a helper.",
    fleet_id: ids["F"],
  })
  expect(sent).toEqual({
    message_id: expect.any(String),
    recipients: [ids["BUSY"]],
    reads_it: "before its next step",
  })
  await helper.says("Helped.")
  expect(String(await task)).toContain("Helped.")
})
