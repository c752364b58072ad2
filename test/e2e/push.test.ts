import { afterAll, beforeAll, expect, test } from "bun:test"
import type { RecordedRequest } from "../../scripted-model/types.ts"
import type { Puppet } from "./support/puppet.ts"
import type { Lead, Window } from "./support/window.ts"
import { createWorld, type World } from "./support/world.ts"

let world: World
let window: Window
let lead: Lead
let worker: Puppet
let fleetId: string
let workerId: string

beforeAll(async () => {
  world = await createWorld({ settings: { linger_ms: 3000, attempts: 1 } })
  window = await world.window()
  lead = await window.lead("lead")
  worker = world.member("worker")
  const spawned = await lead.call("spawn_fleet", {
    agents: [{ name: "worker", role: "Worker", prompt: "Work until you are told otherwise." }],
  })
  fleetId = spawned.fleet_id
  workerId = spawned.agent_ids[0]
})
afterAll(() => world?.end())

const send = async (payload: string) => {
  const sent = await lead.call("send_message", { to_agent_id: "worker", type: "handoff", payload })
  expect(sent).toEqual({
    message_id: expect.stringMatching(/^msg_/),
    recipients: [workerId],
    reads_it: expect.any(String),
  })
  return sent.message_id as string
}

const eventsOf = async (messageId: string) =>
  (await world.events())
    .filter(({ data }) => data["message_id"] === messageId)
    .map(({ type }) => type)

const occurrences = ({ body }: RecordedRequest, text: string) =>
  JSON.stringify(body.messages).split(text).length - 1

/** How often each request of the worker held the text, those without it left out. */
const inRequests = (text: string) =>
  world.model.requests
    .filter((request) => request.agent === "worker")
    .map((request) => occurrences(request, text))
    .filter((count) => count > 0)

const fullLife = ["message.sent", "message.injected", "message.seen", "message.acked"]

const inTheMiddleOfATool = async (act: () => Promise<string>) => {
  const gate = world.gate("work")
  await worker.answer({
    toolCalls: [
      { name: "bash", args: { command: `${gate.command}; echo done`, description: "Work" } },
    ],
  })
  await gate.reached()
  const messageId = await act()
  await world.untilDelivery(messageId, "injected")
  const before = world.model.requests.filter(({ agent }) => agent === "worker").length
  gate.open()
  const request = await worker.request()
  expect(world.model.requests.filter(({ agent }) => agent === "worker").length).toBe(before + 1)
  return { messageId, request }
}

test("a message to an agent in the middle of a tool call is in its next model request, once", async () => {
  const { messageId, request } = await inTheMiddleOfATool(() => send("BUSY-1: look at the parser"))
  expect(request.toolResults.at(-1)?.text.trim()).toBe("done")
  expect(request.lastUser).toContain(`[meshfleet] handoff from lead, ${messageId}:\n> BUSY-1`)

  await world.untilDelivery(messageId, "seen")
  await worker.says("The parser is fine.")
  await world.untilAgent("worker", "complete")
  expect(inRequests(messageId).length).toBeGreaterThan(0)
  expect(inRequests("BUSY-1: look").every((count) => count === 1)).toBe(true)
})

test("its delivery is accepted, injected, seen and acked, each with its time and event", async () => {
  const sent = (await world.events()).findLast(({ type }) => type === "message.sent")
  const messageId = sent?.data["message_id"]
  await world.untilDelivery(messageId, "acked")
  const [delivery] = await world.deliveries(messageId)
  expect(delivery).toMatchObject({ recipient: workerId, state: "acked", auto_acked: 1, tries: 1 })
  const times = [
    delivery!.accepted_at,
    delivery!.injected_at!,
    delivery!.seen_at!,
    delivery!.acked_at!,
  ]
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  expect(await eventsOf(messageId)).toEqual(fullLife)
})

test("a message to an idle agent in a running host wakes it in the same process and session", async () => {
  const [before] = await world.agents(fleetId)
  const messageId = await send("IDLE-1: and the lexer")
  const request = await worker.request()
  expect(request.lastUser).toContain("IDLE-1: and the lexer")
  await worker.says("The lexer is fine too.")
  await world.untilAgent("worker", "complete")

  const [after] = await world.agents(fleetId)
  expect(after).toMatchObject({
    output: "The lexer is fine too.",
    attempts: 1,
    session_id: before!.session_id,
    host_id: before!.host_id,
  })
  await world.untilDelivery(messageId, "acked")
  expect(await eventsOf(messageId)).toEqual(fullLife)
  expect(inRequests("IDLE-1").every((count) => count === 1)).toBe(true)
})

test("a message to an agent whose host has ended brings a new host, the same session and the message", async () => {
  const [before] = await world.agents(fleetId)
  await world.until("the host has ended", (ledger) =>
    ledger.read((db) =>
      db.get("SELECT id FROM hosts WHERE id = ? AND status = 'ended'", before!.host_id),
    ),
  )
  const messageId = await send("LATE-1: one more question")
  const request = await worker.request()
  expect(request.lastUser).toContain("LATE-1: one more question")
  // The new process knows all the old one did.
  expect(JSON.stringify(request.messages)).toContain("The lexer is fine too.")
  await worker.says("Answered.")
  await world.untilAgent("worker", "complete")

  const [after] = await world.agents(fleetId)
  expect(after).toMatchObject({ output: "Answered.", attempts: 1, session_id: before!.session_id })
  expect(after!.host_id).not.toBe(before!.host_id)
  await world.untilDelivery(messageId, "acked")
  expect(await eventsOf(messageId)).toEqual(fullLife)
  for (const text of ["BUSY-1: look", "IDLE-1", "LATE-1"])
    expect(inRequests(text).every((count) => count === 1)).toBe(true)
})

test("the session's store holds each message once", async () => {
  const [agent] = await world.agents(fleetId)
  const stored = JSON.stringify(await window.messages(agent!.session_id!))
  for (const text of ["BUSY-1: look", "IDLE-1", "LATE-1"])
    expect(stored.split(text).length - 1).toBe(1)
})

test("what an agent answered before it was asked again is in its result, with what each answered", async () => {
  const { results } = await lead.call("collect_results", { fleet_id: fleetId })
  expect(results).toMatchObject([
    {
      output: "Answered.",
      earlier: [
        { answered: "task", output: "The parser is fine." },
        { answered: "handoff from lead", output: "The lexer is fine too." },
      ],
    },
  ])
})

/** The first request of the lead after something happened: it came in a moment, and holds a text once more. */
const told = async (type: string, text: string) => {
  const { lastUser } = await lead.request()
  expect(lastUser).toContain(text)
  const happened = (await world.events()).findLast((event) => event.type === type)!
  const requests = world.model.requests.filter((request) => request.agent === "lead")
  const [before, first, ...more] = requests.slice(
    requests.findLastIndex(({ at }) => at < happened.at),
  )
  expect(more).toEqual([])
  expect(occurrences(first!, text)).toBe(occurrences(before!, text) + 1)
  const tookMs = Math.round(first!.at - happened.at)
  console.log(`${type} reached an idle lead's model after ${tookMs} ms`)
  expect(tookMs).toBeLessThan(await world.moment())
}

test("a completion reaches the model of an idle lead within a second of happening, once", async () => {
  await send("LAST-1: once more")
  await worker.request()
  await window.rest(lead)
  await worker.says("Once more it is.")
  await told("fleet.ended", `Fleet ${fleetId}`)
})

test("so does an alert, and so does a failure, which comes together with the end it causes", async () => {
  await send("LAST-2: and again")
  await worker.request()
  await window.rest(lead)
  const alert = { to_agent_id: "lead", type: "alert", payload: "ALERT-1: the disk is full" }
  await worker.call("send_message", alert)
  await told("message.sent", "ALERT-1")
  await window.rest(lead)
  await worker.answer({ error: { status: 401 } })
  await told("agent.failed", "has ended: failed (worker failed)")
  await window.rest(lead)
})

test("after a compaction the lead still knows its fleet", async () => {
  const knows = ({ body }: RecordedRequest) =>
    JSON.stringify(body.messages).includes(`You lead the Meshfleet fleet ${fleetId}`)
  await window.rest(lead)
  const before = world.model.requests.length
  const model = { providerID: "fake", modelID: "m1" }
  await window.post(`/session/${lead.sessionId}/summarize`, model)
  expect(world.model.requests.slice(before).map(knows)).toEqual([true])
  await lead.call("list_fleets")
  const after = world.model.requests.slice(before + 1)
  expect(after.map(knows)).toEqual(after.map(() => true))
  // What it knows is not from before.
  expect(JSON.stringify(after.at(-1)!.body.messages)).not.toContain("LAST-1")
  await lead.says("Listed.")
})
