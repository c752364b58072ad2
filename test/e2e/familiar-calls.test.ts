import { afterAll, beforeAll, expect, test } from "bun:test"
import type { Puppet } from "./support/puppet.ts"
import type { Lead } from "./support/window.ts"
import { createWorld, type World } from "./support/world.ts"

const description = "audit authentication security vulnerabilities"

let world: World
let lead: Lead
let a1: Puppet
let a2: Puppet
let fleetId: string
let ids: string[]

beforeAll(async () => {
  world = await createWorld({
    settings: { isolation: "shared", linger_ms: 500 },
    agents: { "security-reviewer": [{ text: "Reviewed." }] },
  })
  const window = await world.window()
  lead = await window.lead("lead")
  a1 = world.member("a1")
  a2 = world.member("a2")
})
afterAll(() => world?.end())

test("with no agent in sight, an audit is routed to the application security engineer", async () => {
  const { matches } = await lead.call("route_work", { description })
  expect(matches.length).toBe(3)
  expect(matches[0]).toMatchObject({ kind: "specialist", agent: "application-security-engineer" })
})

const handoff = (about: string) =>
  JSON.stringify({ context: `The login of ${about}`, next_step: "Look at the session cookie" })

const untilHeard = async (about: string) => {
  await a2.call("list_agents", { query: about })
  const request = await a2.request()
  expect(request.messages.map(({ content }) => String(content)).join("\n")).toContain(
    handoff(about),
  )
}

test("agents named a1 and a2 hand over JSON text by their names, sent by a1 itself", async () => {
  const spawned = await lead.call("spawn_fleet", {
    agents: ["a1", "a2"].map((name) => ({ name, role: "Worker", prompt: `You are ${name}.` })),
  })
  fleetId = spawned.fleet_id
  ids = spawned.agent_ids
  await Promise.all([a1.request(), a2.request()])
  const sent = await a1.call("send_message", {
    from_agent_id: "a1",
    to_agent_id: "a2",
    fleet_id: fleetId,
    type: "handoff",
    payload: handoff("a1"),
  })
  expect(sent).toEqual({
    message_id: expect.stringMatching(/^msg_/),
    recipients: [ids[1]],
    reads_it: "before its next step",
  })
  await world.untilDelivery(sent.message_id, "injected", "seen")
  await untilHeard("a1")
})

test("the lead may send it in the name of a1, and the ledger says so", async () => {
  const sent = await lead.call("send_message", {
    from_agent_id: "a1",
    to_agent_id: "a2",
    fleet_id: fleetId,
    type: "handoff",
    payload: handoff("the lead"),
  })
  await world.untilDelivery(sent.message_id, "injected", "seen")
  await untilHeard("the lead")
  const { messages } = await lead.call("get_inbox", { agent_id: "a2" })
  expect(messages.find((each: any) => each.id === sent.message_id)).toMatchObject({
    from_agent_id: ids[0],
    to_agent_id: ids[1],
    fleet_id: fleetId,
    type: "handoff",
    payload: handoff("the lead"),
    via: "lead",
  })
})

test("a registered Security Auditor is the first match for an audit", async () => {
  const registered = await lead.call("register_capability", {
    agent_id: "a2",
    role: "Security Auditor",
    skills: ["security", "authentication", "vulnerabilities"],
  })
  expect(registered).toEqual({ ok: true, agent_id: ids[1], fleet_id: fleetId })
  const { matches } = await lead.call("route_work", { description })
  expect(matches[0]).toMatchObject({ kind: "agent", agent_id: ids[1], role: "Security Auditor" })
})

test("a Security Reviewer is attached with the agent it names, and reports", async () => {
  const attached = await lead.call("attach_agent", {
    fleet_id: fleetId,
    role: "Security Reviewer",
    prompt: "Review the login.",
    agent: "application-security-engineer",
  })
  expect(attached.agent_id).toStartWith("security-reviewer-")
  expect(attached).toMatchObject({
    fleet_id: fleetId,
    role: "Security Reviewer",
    agent: "application-security-engineer",
    status: "queued",
  })
  const collected = await lead.call("collect_results", {
    fleet_id: fleetId,
    agent_ids: [attached.agent_id],
    wait_seconds: 60,
  })
  expect(collected.results[0]).toMatchObject({ status: "complete", output: "Reviewed." })
})
