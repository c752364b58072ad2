import { afterAll, beforeAll, expect, test } from "bun:test"
import { rmSync } from "node:fs"
import { join } from "node:path"
import { processStart } from "../../plugin/system/processes.ts"
import { backgroundKinds } from "../support/background-kinds.ts"
import { createWorld, type World } from "./support/world.ts"

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world?.end())

test("an agent whose host is killed in the middle of a tool call goes on in its session, elsewhere, and its result comes back; nothing it left behind survives either host", async () => {
  const window = await world.window()
  const lead = await window.lead("lead")
  const gate = world.gate("digging")
  const files = Object.keys(backgroundKinds).map((_, at) => join(world.folder, `left-${at}`))
  const leave = Object.values(backgroundKinds).map((command, at) => command(files[at]!))
  const leftBehind = async () =>
    Promise.all(files.map(async (file) => Number(await world.untilFile(file))))
  const living = (pids: readonly number[]) => pids.filter((pid) => processStart(pid) !== undefined)
  world.model.script("digger", [
    {
      text: "So far: the gold lies at marker seven.",
      toolCalls: [
        {
          name: "bash",
          args: { command: [...leave, gate.command].join("\n"), description: "Dig" },
        },
      ],
    },
    { toolCalls: [{ name: "bash", args: { command: leave.join("\n"), description: "Leave" } }] },
    { text: "Dug it out." },
  ])
  const { fleet_id } = await lead.call("spawn_fleet", {
    agents: [{ name: "digger", role: "digger", prompt: "Dig." }],
  })
  await gate.reached()
  const [before] = (await lead.call("fleet_status", { fleet_id })).agents
  const [known] = await world.agents(fleet_id)
  const first = await leftBehind()
  expect(living(first)).toEqual(first)
  for (const file of files) rmSync(file)
  process.kill(before.pid, "SIGKILL")

  const { results } = await lead.call("collect_results", { fleet_id, wait_seconds: 120 })
  expect(results).toMatchObject([
    { name: "digger", status: "complete", output: "Dug it out.", attempts: 2 },
  ])
  expect(living(first)).toEqual([])
  const second = await leftBehind()
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
  expect(living(second)).toEqual([])
})
