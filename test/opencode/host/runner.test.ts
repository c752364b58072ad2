import { afterEach, describe, expect, test } from "bun:test"
import { createHostWorld, type HostWorld } from "../support/host-world.ts"

let world: HostWorld
const start = async (names: string[], settings = {}) =>
  (world = await createHostWorld(names, settings))
afterEach(() => world.endWithoutFault())

const usage = { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } }

describe("a host that froze while its agent was taken elsewhere", () => {
  const beTaken = () =>
    world.ledger.transact(async (tx) => {
      await tx.run("UPDATE hosts SET status = 'ended' WHERE id = 'hst_1'")
      await tx.run(
        "UPDATE agents SET host_id = 'hst_2', generation = generation + 1, attempts = 2, partial = 'new'",
      )
    })

  test("writes nothing of what it still hears: no text, answer, error or end", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    await beTaken()
    const before = await world.agent("a1")
    world.sessions.answer("ses_1", { text: "of the old attempt", tokens: 999 })
    const heard: [string, Record<string, unknown>][] = [
      [
        "message.updated",
        { info: { id: "m9", role: "assistant", sessionID: "ses_1", tokens: usage, cost: 0 } },
      ],
      [
        "message.part.updated",
        { part: { id: "p9", type: "text", messageID: "m9", sessionID: "ses_1", text: "old" } },
      ],
      [
        "message.part.updated",
        { part: { id: "p8", type: "tool", tool: "bash", sessionID: "ses_1" } },
      ],
      ["session.error", { sessionID: "ses_1", error: { name: "APIError", data: {} } }],
      ["session.idle", { sessionID: "ses_1" }],
    ]
    for (const event of heard) await world.event(...event)
    expect(await world.agent("a1")).toEqual(before)
  })

  test("delivers no mail, does not carry out a stop, and ends itself at its next look", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    await beTaken()
    await world.fleets.stop(world.lead, "flt_1", { mode: "cancel" })
    await world.send("a1", "x")
    await world.runner.look()
    expect(await world.hostEnded).toEqual([])
    expect(world.sessions.aborted).toEqual([])
    expect(world.sessions.prompts).toHaveLength(1)
    expect((await world.agent("a1")).status).toBe("running")
  })

  test("lets its model neither run a tool nor be asked again", async () => {
    await start(["a1"])
    await world.runner.stopIfLost()
    await beTaken()
    const allowed = world.runner.stopIfLost().then(() => "allowed")
    expect(await Promise.race([allowed, world.hostEnded.then(() => "ended")])).toBe("ended")
  })
})
