import { readFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "bun:test"
import type { Lead, Window } from "./support/window.ts"
import { createWorld, type World } from "./support/world.ts"

let world: World
let windows: Window[]
let first: Lead
let second: Lead
let firstFleet: string
let secondFleet: string

beforeAll(async () => {
  // Each says in a file who started it, and is no server.
  const server = (name: string) => ({
    type: "local",
    command: ["sh", "-c", `echo "\${MESHFLEET_ROLE:-lead}" >> "$MESHFLEET_WORLD/${name}"; exit 1`],
  })
  world = await createWorld({
    settings: { isolation: "shared", linger_ms: 500, host_mcp: ["kept"] },
    config: { mcp: { kept: server("kept"), left: server("left") } },
  })
  // One after the other: the first start of two at once collides in OpenCode's own store.
  windows = [await world.window(), await world.window()]
  first = await windows[0]!.lead("first")
  second = await windows[1]!.lead("second")
  const spawn = async (lead: Lead, name: string) => {
    const worker = world.member(name)
    const { fleet_id } = await lead.call("spawn_fleet", {
      name,
      agents: [{ name, role: name, prompt: "Work." }],
    })
    await worker.request()
    return { fleet_id, worker }
  }
  const [one, two] = [await spawn(first, "one"), await spawn(second, "two")]
  firstFleet = one.fleet_id
  secondFleet = two.fleet_id
  await two.worker.says("Two is done.")
})
afterAll(() => world?.end())

test("a host starts only those of the user's MCP servers that it is to have", async () => {
  const started = (name: string) =>
    readFileSync(join(world.folder, name), "utf8").trim().split("\n").sort()
  expect(started("kept")).toEqual(["host", "host", "lead", "lead"])
  expect(started("left")).toEqual(["lead", "lead"])
})

test("both windows see both fleets, and each leads its own", async () => {
  for (const lead of [first, second]) {
    const { fleets } = await lead.call("list_fleets")
    expect(fleets.map((fleet: any) => fleet.name)).toEqual(["two", "one"])
  }
  const leads = (await world.fleets()).map(({ name, lead_session }) => [name, lead_session])
  expect(leads).toEqual([
    ["one", first.sessionId],
    ["two", second.sessionId],
  ])
})

test("the second window reads the first's fleet", async () => {
  const { fleet, agents } = await second.call("fleet_status", { fleet_id: firstFleet })
  expect([fleet.status, agents[0].name, agents[0].status]).toEqual(["running", "one", "running"])
  const { complete } = await second.call("collect_results", { fleet_id: firstFleet })
  expect(complete).toBe(false)
})

test("the second window cannot act in the first's fleet while that lives", async () => {
  const answers = await second.calls([
    ["stop_agents", { fleet_id: firstFleet }],
    ["attach_agent", { fleet_id: firstFleet, role: "R", prompt: "P" }],
    ["send_message", { fleet_id: firstFleet, to_agent_id: "one", type: "alert", payload: "x" }],
  ])
  for (const answer of answers) expect(answer).toStartWith("[NOT_THE_LEAD] ")
  const [one] = await world.agents(firstFleet)
  expect([one!.status, one!.stop_mode]).toEqual(["running", null])
})

test("after the first has ended, the second's first act adopts its fleet, news included", async () => {
  windows[0]!.run.kill("SIGKILL")
  await windows[0]!.run.ended
  const stopped = await second.call("stop_agents", {
    fleet_id: firstFleet,
    reason: "its lead is gone",
  })
  expect(stopped.stopped).toEqual([expect.stringMatching(/^one-/)])
  const adopted = (await world.events()).filter(({ type }) => type === "fleet.adopted")
  expect(adopted.map(({ fleet_id, data }) => [fleet_id, data])).toEqual([
    [firstFleet, { from: first.sessionId, by: second.sessionId }],
  ])
  const { results } = await second.call("collect_results", {
    fleet_id: firstFleet,
    wait_seconds: 30,
  })
  expect(results[0]).toMatchObject({
    status: "cancelled",
    error: { code: "CANCELLED", detail: "its lead is gone" },
  })
})

test("the system text of the second window names both fleets from then on", async () => {
  const { system } = await second.request()
  expect(system).toContain(firstFleet)
  expect(system).toContain(secondFleet)
})

test("a fleet of another project does not exist for these windows", async () => {
  const ledger = await world.ledger()
  await ledger.transact((tx) =>
    tx.run(
      `INSERT INTO fleets (id, name, project, directory, lead_session, lead_rules, opencode, status, isolation, max_parallel, host_limit, created_at)
       VALUES ('flt_other', 'other', '/elsewhere', '/elsewhere', 'ses_other', '[]', 'opencode', 'complete', 'shared', 1, 1, 1)`,
    ),
  )
  expect(await second.call("fleet_status", { fleet_id: "flt_other" })).toStartWith(
    "[UNKNOWN_FLEET] ",
  )
  const { fleets } = await second.call("list_fleets")
  expect(fleets.map((fleet: any) => fleet.name)).toEqual(["two", "one"])
})
