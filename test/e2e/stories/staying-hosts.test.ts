import { afterAll, beforeAll, expect, test } from "bun:test"
import { setTimeout as sleep } from "node:timers/promises"
import type { HostRow } from "../../../plugin/mesh/ledger/tables/rows.ts"
import type { Puppet } from "../support/puppet.ts"
import type { Lead, Window } from "../support/window.ts"
import { createWorld, type World } from "../support/world.ts"

/** A fleet works on for longer than a host lingers between two messages. */
const pauseMs = 3000

let world: World
let window: Window
let lead: Lead
let fleet: string
let helper: Puppet
let gate: ReturnType<World["gate"]>

const member = (name: string) => ({ name, role: name, prompt: `Be ${name}.` })
const hosts = async () =>
  (await world.ledger()).read((db) => db.all<HostRow>("SELECT * FROM hosts ORDER BY created_at"))
const hostOf = async (name: string) => {
  const { host_id } = await world.untilAgent(name, "complete", "running")
  return (await hosts()).find(({ id }) => id === host_id)!
}
/** From the message in the ledger to the recipient's request to its model, in ms. */
const ask = async (who: Puppet, text: string) => {
  await lead.call("send_message", {
    fleet_id: fleet,
    to_agent_id: who.name,
    type: "question",
    payload: text,
  })
  expect((await who.request()).lastUser).toContain(text)
  const sent = (await world.events()).findLast(({ type }) => type === "message.sent")!
  return world.model.requests.findLast(({ agent }) => agent === who.name)!.at - sent.at
}

beforeAll(async () => {
  world = await createWorld({ settings: { isolation: "process", linger_ms: 500 } })
  gate = world.gate("worker")
  world.model.script("worker", [
    { toolCalls: [{ name: "bash", args: { command: gate.command, description: "Work" } }] },
    { text: "Worked." },
  ])
  helper = world.member("helper")
  window = await world.window()
  lead = await window.lead("lead")
  ;({ fleet_id: fleet } = await lead.call("spawn_fleet", {
    agents: [member("worker"), member("helper")],
  }))
  await helper.says("Ready.")
  await world.untilAgent("helper", "complete")
  await gate.reached()
})
afterAll(() => world?.end())

test("while its fleet works, an agent that has answered is asked again in a moment, in the host it has", async () => {
  // A quarter of a start is less than a second on a quiet machine, and as slow as the machine on others.
  const moment = (await world.startOf((await hostOf("helper")).id)) / 4
  for (const question of ["Which file?", "Which line?"]) {
    await sleep(pauseMs)
    expect(await ask(helper, question)).toBeLessThan(moment)
    await helper.says("That one.")
    await world.untilAgent("helper", "complete")
  }
  expect((await hosts()).map(({ status }) => status)).toEqual(["ready", "ready"])
})

test("where memory is short the longest idle host of all fleets gives way, and its agent is woken all the same", async () => {
  const before = await hostOf("helper")
  const other = await world.window({ MESHFLEET_MEMORY_RESERVE_MB: "100000000" })
  const second = await other.lead("second")
  const late = world.member("late")
  await second.call("spawn_fleet", { agents: [member("late")] })
  await late.request()
  const dismissed = (await world.events()).filter(({ type }) => type === "host.dismissed")
  expect(dismissed.map(({ data }) => data)).toMatchObject([
    { host_id: before.id, cause: "idle, and another agent needed a host" },
  ])
  await world.until("its host has gone", async () =>
    (await hosts()).find(({ id, status }) => id === before.id && status === "ended"),
  )
  await late.says("Done.")
  await ask(helper, "Still there?")
  await helper.says("In another host.")
  expect((await hostOf("helper")).id).not.toBe(before.id)
  expect(await world.untilAgent("helper", "complete")).toMatchObject({
    output: "In another host.",
    attempts: 1,
  })
  other.run.kill("SIGTERM")
  await other.run.ended
})

test("no host outlives its fleet, whether or not its lead does", async () => {
  window.run.kill()
  await window.run.ended
  gate.open()
  expect(await world.untilGone(30_000)).toEqual([])
  expect(await world.agents(fleet)).toMatchObject([{ status: "complete" }, { status: "complete" }])
  expect((await world.fleets()).map(({ status }) => status)).toEqual(["complete", "complete"])
})
