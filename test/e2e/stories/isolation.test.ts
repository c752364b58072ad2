import { afterAll, beforeAll, expect, test } from "bun:test"
import { join } from "node:path"
import { processStart } from "../../../plugin/system/processes.ts"
import { backgroundKinds } from "../../support/background-kinds.ts"
import { openHosts } from "../../../plugin/mesh/ledger/tables/hosts.ts"
import type { Puppet } from "../support/puppet.ts"
import type { Lead, Window } from "../support/window.ts"
import { createWorld, type World } from "../support/world.ts"

let world: World
let window: Window
let lead: Lead
const members: Record<string, Puppet> = {}
const member = (name: string) => (members[name] ??= world.member(name))
let separate: { fleet_id: string; agent_ids: string[] }
let server: number
let shared: { fleet_id: string; agent_ids: string[] }

const spawn = (isolation: string, names: readonly string[]) =>
  lead.call("spawn_fleet", {
    name: isolation,
    isolation,
    max_parallel: names.length - 1,
    agents: names.map((name) => ({ name, role: name, prompt: `Be ${name}.` })),
  })

/** name, status, queue_place of each agent, and its process as a letter. */
const look = async (fleetId: string) => {
  const { agents } = await lead.call("fleet_status", { fleet_id: fleetId })
  const pids = [...new Set(agents.map((each: any) => each.pid).filter(Boolean))]
  return agents.map((each: any) =>
    [each.name, each.status, each.queue_place, each.pid && "ABC"[pids.indexOf(each.pid)]]
      .filter(Boolean)
      .join(" "),
  )
}

const result = async (fleetId: string, name: string) => {
  const { results } = await lead.call("collect_results", { fleet_id: fleetId, agent_ids: [name] })
  return results[0]
}

const bash = (command: string, text = "") => ({
  text,
  toolCalls: [{ name: "bash", args: { command, description: "Work" } }],
})

const daemon = (name: string) =>
  backgroundKinds["env -i, setsid, a second fork and closed descriptors"]!(
    join(world.folder, `${name}-daemon`),
  )
const daemonOf = async (name: string) =>
  Number(await world.untilFile(join(world.folder, `${name}-daemon`)))
const untilEnded = async (pid: number) => {
  const giveUpAt = Date.now() + 5000
  while (processStart(pid) !== undefined && Date.now() < giveUpAt) await Bun.sleep(20)
  expect(processStart(pid)).toBeUndefined()
}

beforeAll(async () => {
  world = await createWorld({
    settings: { linger_ms: 500, tools: ["set_fleet_timeout"], stop_patience_ms: 5000 },
  })
  window = await world.window()
  lead = await window.lead("lead")
  for (const name of ["one", "two", "three", "wrap", "cancel", "kill", "timed"]) member(name)
})
afterAll(() => world?.end())

test("isolation process gives each agent a process of its own and shows who waits in the queue", async () => {
  separate = await spawn("process", ["one", "two", "three"])
  await Promise.all([member("one").request(), member("two").request()])
  expect(await look(separate.fleet_id)).toEqual([
    "one running A",
    "two running B",
    "three queued 1",
  ])
})

test("a member's shell knows its agent and fleet, and nothing by which it could act as its host", async () => {
  await member("one").answer(bash("env"))
  const { toolResults } = await member("one").request()
  const env = Object.fromEntries(
    toolResults
      .at(-1)!
      .text.split("\n")
      .map((line) => [line.split("=")[0], line.slice(line.indexOf("=") + 1)]),
  )
  expect(env).toMatchObject({
    MESHFLEET_AGENT: separate.agent_ids[0],
    MESHFLEET_FLEET: separate.fleet_id,
  })
  const secrets = [
    "OPENCODE_SERVER_PASSWORD",
    "OPENCODE_SERVER_USERNAME",
    "OPENCODE_CONFIG_CONTENT",
    "MESHFLEET_NONCE",
    "MESHFLEET_HOST",
    "MESHFLEET_ROLE",
  ]
  expect(secrets.map((name) => env[name] ?? "")).toEqual(secrets.map(() => ""))
  expect(env["npm_config_offline"]).toBeUndefined()
})

test("a server that an agent left in the background is there while its fleet runs", async () => {
  await member("one").answer(bash("sleep 300 >/dev/null 2>&1 & echo $!"))
  server = Number((await member("one").request()).toolResults.at(-1)!.text)
  await member("one").says("One is done.")
  await world.untilAgent("one", "complete")
  await member("three").request()
  expect(world.processes()).toContain(server)
})

test("the queued agent gets the place that became free, in a process of its own", async () => {
  await member("three").request()
  expect(await look(separate.fleet_id)).toEqual([
    "one complete A",
    "two running B",
    "three running C",
  ])
  await member("two").says("Two is done.")
  await member("three").says("Three is done.")
  const collected = await lead.call("collect_results", {
    fleet_id: separate.fleet_id,
    wait_seconds: 30,
  })
  expect([collected.status, collected.complete]).toEqual(["complete", true])
})

test("and is gone when its host is, which goes after the fleet's end", async () => {
  await world.until("the hosts have ended", (ledger) =>
    ledger.read(async (db) =>
      (await openHosts(db, separate.fleet_id)).length === 0 ? true : undefined,
    ),
  )
  // A host ends its children after it has written that it ends.
  const giveUpAt = Date.now() + 5000
  while (world.processes().includes(server) && Date.now() < giveUpAt) await Bun.sleep(50)
  expect(world.processes()).not.toContain(server)
})

test("isolation shared runs all agents in one process, and max_parallel holds there too", async () => {
  shared = await spawn("shared", ["wrap", "cancel", "kill", "timed"])
  await Promise.all(["wrap", "cancel", "kill"].map((name) => member(name).request()))
  expect(await look(shared.fleet_id)).toEqual([
    "wrap running A",
    "cancel running A",
    "kill running A",
    "timed queued 1",
  ])
})

test("wrap_up tells the agent to report, and its report is kept", async () => {
  const stop = { fleet_id: shared.fleet_id, agent_ids: ["wrap"], mode: "wrap_up", reason: "enough" }
  expect(await lead.call("stop_agents", stop)).toEqual({
    stopped: [shared.agent_ids[0]],
    already_ended: [],
  })
  await world.until("wrap was told", (ledger) =>
    ledger.read((db) =>
      db.get("SELECT id FROM agents WHERE name = 'wrap' AND stop_mode = 'wrap_up'"),
    ),
  )
  // Its host puts the wish into the session a moment after it is in the ledger.
  const asked = async () => JSON.stringify((await member("wrap").request()).messages)
  for (let steps = 0; !(await asked()).includes("You are asked to stop: enough."); steps++) {
    expect(steps).toBeLessThan(50)
    await member("wrap").call("list_agents", { limit: 1 })
  }
  await member("wrap").says("Half of it is done.")
  await world.untilAgent("wrap", "cancelled")
  expect(await result(shared.fleet_id, "wrap")).toMatchObject({
    output: "Half of it is done.",
    partial: true,
    error: { code: "CANCELLED", detail: "enough" },
  })
})

test("cancel ends an agent in the middle of a tool, with its children, and keeps what it had said", async () => {
  const gate = world.gate("cancel")
  // What has lost its marks is told apart by the commands it began with.
  await member("kill").answer(bash(daemon("kill")))
  await member("kill").request()
  await member("cancel").request()
  const before = world.processes()
  await member("cancel").answer(bash(`${daemon("cancel")}\n${gate.command}`, "I have begun."))
  await gate.reached()
  const daemons = [await daemonOf("kill"), await daemonOf("cancel")] as const
  expect(daemons.map((pid) => processStart(pid) !== undefined)).toEqual([true, true])
  expect(world.processes().length).toBeGreaterThan(before.length)
  const stop = { fleet_id: shared.fleet_id, agent_ids: ["cancel"] }
  expect(await lead.call("stop_agents", stop)).toEqual({
    stopped: [shared.agent_ids[1]],
    already_ended: [],
  })
  expect(await world.untilGone(5000, before)).toEqual([])
  await untilEnded(daemons[1])
  expect(processStart(daemons[0])).toBeDefined()
  expect(await result(shared.fleet_id, "cancel")).toMatchObject({
    status: "cancelled",
    output: "I have begun.",
    partial: true,
    error: { code: "CANCELLED" },
  })
})

test("kill ends an agent and its children, and a second stop finds it ended", async () => {
  const gate = world.gate("kill")
  const before = world.processes()
  await member("kill").answer(bash(`trap '' TERM; ${gate.command}`))
  await gate.reached()
  const stop = { fleet_id: shared.fleet_id, agent_ids: ["kill"], mode: "kill" }
  expect(await lead.call("stop_agents", stop)).toEqual({
    stopped: [shared.agent_ids[2]],
    already_ended: [],
  })
  expect(await world.untilGone(5000, before)).toEqual([])
  await untilEnded(await daemonOf("kill"))
  expect(await lead.call("stop_agents", stop)).toEqual({
    stopped: [],
    already_ended: [shared.agent_ids[2]],
  })
  expect(await result(shared.fleet_id, "kill")).toMatchObject({
    status: "cancelled",
    error: { code: "KILLED" },
  })
})

test("a timeout ends what runs with TIMEOUT, and the fleet is failed", async () => {
  await member("timed").request()
  const set = await lead.call("set_fleet_timeout", { fleet_id: shared.fleet_id, timeout_ms: 200 })
  expect(set).toEqual({ ok: true, fleet_id: shared.fleet_id, timeout_ms: 200 })
  const collected = await lead.call("collect_results", {
    fleet_id: shared.fleet_id,
    wait_seconds: 30,
  })
  expect([collected.status, collected.complete]).toEqual(["failed", true])
  expect(await result(shared.fleet_id, "timed")).toMatchObject({
    status: "failed",
    error: { code: "TIMEOUT", detail: "The fleet's timeout was reached." },
  })
})

test("a lead that stopped or collected its agents is not told of their end again", async () => {
  await lead.says("All stopped.")
  const read = JSON.stringify(
    world.model.requests.findLast(({ agent }) => agent === "lead")!.body.messages,
  )
  expect(read).not.toContain("has ended:")
})

test("nothing of the fleets is left but the lead's window", async () => {
  expect(await world.untilGone(20_000, [window.run.pid])).toEqual([])
})
