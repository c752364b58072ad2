import { afterAll, beforeAll, expect, test } from "bun:test"
import { isBoardTool } from "../../../plugin/tools/registry.ts"
import type { Puppet } from "../support/puppet.ts"
import type { Lead } from "../support/window.ts"
import { createWorld, type World } from "../support/world.ts"

let world: World
let lead: Lead
let ada: Puppet
let bob: Puppet
let fleetId: string

beforeAll(async () => {
  // With one attempt, an agent whose process is killed has failed for good.
  world = await createWorld({ settings: { linger_ms: 1000, attempts: 1 } })
  lead = await (await world.window()).lead("lead")
  ada = world.member("ada")
  bob = world.member("bob")
})
afterAll(() => world?.end())

/** What the newest request of an agent tells of the board's tools. */
const boardToolsOf = (agent: string) =>
  (world.model.requests.findLast((each) => each.agent === agent && !each.isTitle)!.body.tools ?? [])
    .filter(({ function: { name } }) => isBoardTool(name as never))
    .toSorted((a, b) => (a.function.name < b.function.name ? -1 : 1))
const namesOf = (agent: string) => boardToolsOf(agent).map((tool) => tool.function.name)

test("a fleet with a board, its lead and its agents have the tools for it, and nobody else", async () => {
  await lead.call("list_fleets")
  expect(namesOf("lead")).toEqual([])
  const spawned = await lead.call("spawn_fleet", {
    isolation: "process",
    agents: ["ada", "bob"].map((name) => ({
      name,
      role: "Engineer",
      prompt: "Work on the board.",
    })),
    tasks: [
      { title: "Build it", check: "test -f built.txt" },
      { title: "Test it", after: ["Build it"] },
      { title: "Ship it", after: [2] },
    ],
  })
  fleetId = spawned.fleet_id
  // From the next step of the same turn on.
  expect(namesOf("lead")).toEqual(["add_tasks", "list_tasks", "update_task"])
  await Promise.all([ada.request(), bob.request()])
  for (const name of ["ada", "bob"]) {
    expect(namesOf(name)).toEqual(["add_tasks", "claim_task", "list_tasks", "update_task"])
    expect(Buffer.byteLength(JSON.stringify(boardToolsOf(name)))).toBeLessThanOrEqual(1800)
  }
})

test("a task is claimed by one, in order, and done once its check passes", async () => {
  expect((await ada.call("claim_task")).task).toMatchObject({ task_id: 1, title: "Build it" })
  expect(await bob.call("claim_task")).toEqual({
    task: null,
    board: "0 of 3 done, 1 claimed, 2 open (2 wait for others)",
  })
  await bob.says("Nothing for me yet.")
  expect(await ada.call("update_task", { task_id: 1, state: "done" })).toMatchObject({
    state: "claimed",
    check: { passed: false, exit: 1 },
  })
  await ada.call("bash", { command: "touch built.txt", description: "Build" })
  expect(await ada.call("update_task", { task_id: 1, state: "done" })).toMatchObject({
    state: "done",
    proof: "check",
  })
  await world.untilAgent("bob", "complete")
})

test("what a killed agent had goes to one that rests, with what was noted", async () => {
  expect((await ada.call("claim_task")).task.task_id).toBe(2)
  await ada.call("update_task", { task_id: 2, note: "the first half passes" })
  const host = await world.until("the host of ada", (ledger) =>
    ledger.read((db) =>
      db.get<{ pid: number }>(
        "SELECT h.pid FROM hosts h JOIN agents a ON a.host_id = h.id WHERE a.name = 'ada'",
      ),
    ),
  )
  process.kill(host.pid, "SIGKILL")
  expect((await bob.request()).lastUser).toContain("Open on the board: 2 `Test it`.")
  expect((await bob.call("claim_task")).task).toMatchObject({
    task_id: 2,
    claims: 2,
    notes: "ada: the first half passes",
    begun_by: "ada",
  })
  expect(await bob.call("update_task", { task_id: 2, state: "done" })).toMatchObject({
    proof: "word",
  })
  expect((await bob.call("claim_task")).task.task_id).toBe(3)
  await bob.call("update_task", { task_id: 3, state: "done" })
  await bob.says("All is done.")
  await world.until("the fleet's end", (ledger) =>
    ledger.read((db) =>
      db.get("SELECT id FROM fleets WHERE id = ? AND status = 'failed'", fleetId),
    ),
  )
  const status = await lead.call("fleet_status", { fleet_id: fleetId })
  expect(status.fleet.board).toBe("3 of 3 done")
})
