import { afterEach, describe, expect, test } from "bun:test"
import { createHostWorld, type HostWorld } from "../support/host-world.ts"

let world: HostWorld
afterEach(() => world.endWithoutFault())

const atWork = async () => {
  world = await createHostWorld(["a1"])
  await world.give("a1")
  await world.sessions.prompted(1)
}

describe("an agent at work whose session a person", () => {
  for (const [what, cause] of [
    ["delete", "its session was deleted"],
    ["archive", "its session was archived"],
    ["undo", "its session was undone"],
  ] as const)
    test(`${what}s is cancelled with that cause`, async () => {
      await atWork()
      world.sessions.change("ses_1", what)
      expect(await world.untilStatus("a1", "cancelled")).toMatchObject({
        error_code: "CANCELLED",
        error_detail: cause,
        attempts: 1,
      })
      expect(world.sessions.aborted).toEqual(["ses_1"])
      expect(world.childrenEnded).toEqual(["a1-1 in 1000 ms"])
    })

  test("deletes along with its lead's goes on in a fresh one, in the same attempt", async () => {
    await atWork()
    const { message_id } = await world.send("a1", "by the way")
    await world.until(
      "injected",
      async () => (await world.deliveries(message_id))[0]?.state === "injected",
    )
    // As OpenCode does it: those below first.
    world.sessions.change("ses_1", "delete")
    world.sessions.change("ses_lead", "delete")
    const prompt = await world.sessions.prompted(3)
    expect(prompt.sessionId).toBe("ses_2")
    expect(prompt.before).toContain("this is attempt 1")
    expect(world.sessions.created.at(-1)).toMatchObject({ parentId: undefined })
    // What the former session never showed its model comes again, together with that.
    expect(prompt.delivered).toEqual([message_id])
    await world.answer("ses_2", "done")
    expect(await world.untilStatus("a1", "complete")).toMatchObject({ attempts: 1 })
    expect(await world.events("agent.session_lost")).toMatchObject([{ session_id: "ses_1" }])
  })
})

describe("an agent that has answered", () => {
  for (const what of ["delete", "undo"] as const)
    test(`is woken in a fresh session when a person ${what}s its own`, async () => {
      await atWork()
      await world.answer("ses_1", "first answer")
      await world.untilStatus("a1", "complete")
      world.sessions.change("ses_1", what)
      await world.send("a1", "one more thing")
      await world.untilStatus("a1", "queued")
      await world.give("a1")
      const prompt = await world.sessions.prompted(2)
      expect(prompt.sessionId).toBe("ses_2")
      expect(prompt.before).toContain("first answer")
    })

  test("is woken in its own one when a person archived that", async () => {
    await atWork()
    await world.answer("ses_1", "first answer")
    await world.untilStatus("a1", "complete")
    world.sessions.change("ses_1", "archive")
    await world.send("a1", "one more thing")
    expect((await world.sessions.prompted(2)).sessionId).toBe("ses_1")
    await world.untilStatus("a1", "running")
  })
})
