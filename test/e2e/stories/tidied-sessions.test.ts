import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import type { Window } from "../support/window.ts"
import { createWorld, type World } from "../support/world.ts"

let world: World
let window: Window

beforeAll(async () => {
  world = await createWorld({ settings: { linger_ms: 1000, attempts: 1 } })
  window = await world.window()
})
afterAll(() => world?.end())

/** A fleet whose agents are each in the middle of a shell command. */
const atWork = async (leadName: string, names: readonly string[]) => {
  const lead = await window.lead(leadName)
  const members = names.map((name) => world.member(name))
  const { fleet_id } = await lead.call("spawn_fleet", {
    isolation: "shared",
    agents: names.map((name) => ({ name, role: "Worker", prompt: `Do the work of ${name}.` })),
  })
  const gates = names.map((name) => world.gate(name))
  for (const [index, member] of members.entries())
    await member.answer({
      toolCalls: [{ name: "bash", args: { command: gates[index]!.command, description: "Waits" } }],
    })
  for (const gate of gates) await gate.reached()
  await lead.says("They work.")
  await window.rest(lead)
  return { lead, members, gates, fleetId: fleet_id as string }
}

const agentCalled = async (fleetId: string, name: string) =>
  (await world.agents(fleetId)).find((agent) => agent.name === name)!

const remove = (sessionId: string) => window.send("DELETE", `/session/${sessionId}`)

test("an agent whose session a person deletes is cancelled with that cause, the others go on", async () => {
  const { lead, members, gates, fleetId } = await atWork("careful", ["kept", "unwanted"])
  const began = Date.now()
  await remove((await agentCalled(fleetId, "unwanted")).session_id!)
  const ended = await world.untilAgent("unwanted", "cancelled")
  expect(Date.now() - began).toBeLessThan(10_000)
  expect(ended).toMatchObject({ error_code: "CANCELLED", error_detail: "its session was deleted" })
  gates[0]!.open()
  await members[0]!.request()
  await members[0]!.says("I am done.")
  await world.untilAgent("kept", "complete")
  expect((await lead.request()).lastUser).toContain("its session was deleted")
  await lead.says("I see.")
})

test("agents whose lead's session is deleted go on in fresh ones, and the next session is told", async () => {
  const { lead, members, fleetId } = await atWork("tidy", ["survivor"])
  const before = await agentCalled(fleetId, "survivor")
  await remove(lead.sessionId)
  const request = await members[0]!.request()
  expect(request.lastUser).toContain("Do the work of survivor.")
  expect(request.lastUser).toContain("can no longer be used (its session is gone)")
  await members[0]!.says("Done, in spite of it all.")
  const after = await world.untilAgent("survivor", "complete")
  expect(after.session_id).not.toBe(before.session_id)
  expect(after).toMatchObject({ attempts: 1, output: "Done, in spite of it all." })

  const next = await window.lead("next")
  await next.prompt("Good morning.")
  expect((await next.request()).lastUser).toContain(`fleet ${fleetId}`)
  const { results } = await next.call("collect_results", { fleet_id: fleetId })
  expect(results).toMatchObject([{ name: "survivor", output: "Done, in spite of it all." }])
  await next.says("They are done.")
})

describe("a lead whose messages are undone", () => {
  test("keeps what may be redone when its fleet ends, and is told once it is redone", async () => {
    const { lead, members, gates, fleetId } = await atWork("doubtful", ["busy"])
    const stored = await window.messages(lead.sessionId)
    await window.post(`/session/${lead.sessionId}/revert`, {
      messageID: stored.find(({ info }) => info.role === "user")!.info.id,
    })
    const { heard } = await window.listen(`Fleet ${fleetId}`)
    gates[0]!.open()
    await members[0]!.request()
    await members[0]!.says("I am done.")
    expect(await heard).toContain("has ended: complete")
    expect(await window.messages(lead.sessionId)).toEqual(stored)
    await window.post(`/session/${lead.sessionId}/unrevert`, {})
    expect((await lead.request()).lastUser).toContain(`Fleet ${fleetId}`)
    const ids = (await window.messages(lead.sessionId)).map(({ info }) => info.id)
    expect(ids).toEqual(expect.arrayContaining(stored.map(({ info }) => info.id)))
    await lead.says("It has ended.")
  })
})
