import { afterAll, beforeAll, expect, test } from "bun:test"
import { createWorld, type World } from "./support/world.ts"

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world?.end())

test("an agent whose host is killed in the middle of a tool call goes on in its session, elsewhere, and its result comes back", async () => {
  const window = await world.window()
  const lead = await window.lead("lead")
  const gate = world.gate("digging")
  world.model.script("digger", [
    {
      text: "So far: the gold lies at marker seven.",
      toolCalls: [{ name: "bash", args: { command: gate.command, description: "Dig" } }],
    },
    { text: "Dug it out." },
  ])
  const { fleet_id } = await lead.call("spawn_fleet", {
    agents: [{ name: "digger", role: "digger", prompt: "Dig." }],
  })
  await gate.reached()
  const [before] = (await lead.call("fleet_status", { fleet_id })).agents
  const [known] = await world.agents(fleet_id)
  process.kill(before.pid, "SIGKILL")

  const { results } = await lead.call("collect_results", { fleet_id, wait_seconds: 120 })
  expect(results).toMatchObject([
    { name: "digger", status: "complete", output: "Dug it out.", attempts: 2 },
  ])
  const [after] = await world.agents(fleet_id)
  expect(after!.session_id).toBe(known!.session_id!)
  expect(after!.host_id).not.toBe(known!.host_id)
  const asked = world.model.requests.findLast(
    ({ agent, isTitle }) => agent === "digger" && !isTitle,
  )
  expect(JSON.stringify(asked!.body.messages)).toContain("the gold lies at marker seven")
  const types = (await world.events()).map(({ type }) => type)
  expect(
    types.filter((type) => ["host.lost", "agent.interrupted", "fleet.ended"].includes(type)),
  ).toEqual(["host.lost", "agent.interrupted", "fleet.ended"])
  await window.rest(lead)
  expect(await world.untilGone(30_000, [window.run.pid])).toEqual([])
})
