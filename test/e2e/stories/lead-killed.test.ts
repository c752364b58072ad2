import { afterAll, beforeAll, expect, test } from "bun:test"
import type { Puppet } from "../support/puppet.ts"
import { createWorld, type World } from "../support/world.ts"

let world: World
let digger: Puppet
beforeAll(async () => {
  const agents = ["digger", "carrier", "late"].map((name) => ({
    name,
    role: name,
    prompt: `Be the ${name}.`,
  }))
  world = await createWorld({
    settings: { linger_ms: 1000 },
    agents: {
      lead: [
        {
          toolCalls: [
            {
              name: "spawn_fleet",
              args: { name: "mine", isolation: "process", max_parallel: 2, agents },
            },
          ],
        },
        ({ lastToolResult: { fleet_id } }) => ({
          toolCalls: [{ name: "collect_results", args: { fleet_id, wait_seconds: 600 } }],
        }),
      ],
      carrier: [
        ({ lastUser }) => ({ text: lastUser.includes("GOLD") ? "Carried the gold." : "I wait." }),
      ],
      late: [{ text: "Came late." }],
      hasty: [
        {
          toolCalls: [
            {
              name: "spawn_fleet",
              args: { name: "hasty", agents: [{ role: "never", prompt: "Never begun." }] },
            },
          ],
        },
      ],
      heir: [
        { toolCalls: [{ name: "list_fleets", args: {} }] },
        ({ lastToolResult: { fleets } }) => ({
          toolCalls: [
            {
              name: "send_message",
              args: {
                fleet_id: fleets[0].fleet_id,
                to_agent_id: "digger",
                type: "result",
                payload: "Thanks.",
                wake: false,
              },
            },
          ],
        }),
        // The parked news enters while this call waits.
        { toolCalls: [{ name: "bash", args: { command: "sleep 2", description: "Wait" } }] },
        { text: "Thanked." },
      ],
      collector: [
        { toolCalls: [{ name: "list_fleets", args: {} }] },
        ({ lastToolResult: { fleets } }) => ({
          toolCalls: [
            { name: "collect_results", args: { fleet_id: fleets[0].fleet_id, wait_seconds: 60 } },
          ],
        }),
        ({ lastToolResult: { status, results } }) => ({
          text: `${status}: ${results.map((each: any) => `${each.name}=${each.output}`).join(" ")}`,
        }),
      ],
    },
  })
  digger = world.member("digger")
})
afterAll(() => world?.end())

test("a fleet whose lead is killed in mid-work completes, and a new session collects its results", async () => {
  const lead = world.run("Dig for gold.")
  await digger.request()
  const gate = world.gate("digging")
  await digger.answer({
    toolCalls: [
      {
        name: "bash",
        args: {
          command: `sleep 300 >/dev/null 2>&1 & ${gate.command}; echo dug`,
          description: "Dig",
        },
      },
    ],
  })
  await gate.reached()
  lead.kill("SIGKILL")
  expect(await lead.ended).toBe("SIGKILL")
  gate.open()

  const { toolResults } = await digger.request()
  expect(toolResults.at(-1)?.text.trim()).toBe("dug")
  expect(
    await digger.call("send_message", { to_agent_id: "carrier", type: "handoff", payload: "GOLD" }),
  ).toEqual({
    message_id: expect.any(String),
    recipients: [expect.stringMatching(/^carrier-/)],
    reads_it: expect.any(String),
  })
  await digger.says("Dug.")

  const collector = world.run("What came of it?", "collector")
  expect(await collector.ended).toBe(0)
  const [fleet] = await world.fleets()
  const [asked] = world.model.requests.filter(
    ({ agent, isTitle }) => agent === "collector" && !isTitle,
  )
  expect(JSON.stringify(asked!.body.messages)).toContain(
    `- fleet ${fleet!.id} \\"mine\\" is still running`,
  )
  const endedAt = Date.now()
  expect(collector.output()).toContain(
    "complete: digger=Dug. carrier=Carried the gold. late=Came late.",
  )

  const events = await world.events()
  const kill = events.findIndex(
    ({ type, data }) => type === "fleet.supervised" && data["pid"] !== lead.pid,
  )
  expect(kill).toBeGreaterThan(0)
  // What was queued when the lead died is started by whoever took over.
  const late = events.findIndex(
    ({ type, agent_id }) => type === "agent.running" && agent_id?.startsWith("late"),
  )
  expect(late).toBeGreaterThan(kill)
  expect(await world.untilGone(endedAt + 20_000 - Date.now())).toEqual([])
})

test("news for the lead that is gone waits for a session that adopts the fleet", async () => {
  const [fleet] = await world.fleets()
  const states = await (
    await world.ledger()
  ).read((db) =>
    db.all<{ state: string }>(
      "SELECT state FROM deliveries WHERE recipient = ?",
      `lead:${fleet!.id}`,
    ),
  )
  expect(states).toEqual([{ state: "parked" }])
})

test("that session is not told again of results that were read, and reads the news once it adopts", async () => {
  const [fleet] = await world.fleets()
  const heir = world.run("Thank the digger.", "heir")
  expect(await heir.ended).toBe(0)
  const requests = world.model.requests
    .filter(({ agent, isTitle }) => agent === "heir" && !isTitle)
    .map(({ body }) => JSON.stringify(body.messages))
  expect(requests[0]).not.toContain("left behind")
  const times = requests.map(
    (text) => text.split(`Fleet ${fleet!.id} \\"mine\\" has ended`).length - 1,
  )
  expect(times[0]).toBe(0)
  expect(times.at(-1)).toBe(1)
  const events = (await world.events()).map(({ type }) => type)
  expect(events.filter((type) => type === "fleet.adopted")).toHaveLength(1)
  expect(await world.untilGone(20_000)).toEqual([])
})

test("a host whose lead is killed before it is up ends, though nobody is left to look after it", async () => {
  const hasty = world.run("Spawn.", "hasty")
  const host = await world.until("the host's process", (ledger) =>
    ledger.read((db) =>
      db.get<{ pid: number; status: string }>(
        `SELECT h.pid, h.status FROM hosts h JOIN fleets f ON f.id = h.fleet_id
         WHERE f.name = 'hasty' AND h.pid IS NOT NULL`,
      ),
    ),
  )
  hasty.kill("SIGKILL")
  expect(host.status).toBe("starting")
  expect(await world.untilGone(20_000)).toEqual([])
})
