import { afterEach, describe, expect, test } from "bun:test"
import { createHostWorld, type HostWorld } from "../support/host-world.ts"

let world: HostWorld
const start = async (names: string[], settings = {}) =>
  (world = await createHostWorld(names, settings))
afterEach(() => world.endWithoutFault())

describe("an attempt after the first", () => {
  test("goes on in the same session, which is told what happened", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.answer("ses_1", "half", { finish: "unknown" })
    await world.give("a1")
    const resumed = await world.sessions.prompted(2)
    expect(resumed).toMatchObject({ sessionId: "ses_1", synthetic: true })
    expect(resumed.text).toContain("this is attempt 2")
    await world.answer("ses_1", "whole")
    expect(await world.agent("a1")).toMatchObject({
      status: "complete",
      output: "whole",
      attempts: 2,
      error_code: null,
    })
  })

  test("whose session is gone goes on in a new one, which is told what had been done", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.answer("ses_1", "I mapped half of it", { finish: "unknown" })
    world.sessions.stores.delete("ses_1")
    await world.give("a1")
    const fresh = await world.sessions.prompted(2)
    expect(fresh).toMatchObject({ sessionId: "ses_2", synthetic: false })
    expect(fresh.text).toStartWith(
      "do a1\n\n[meshfleet] This task was started in an earlier session",
    )
    expect(fresh.text).toContain("(the model's stream ended in mid-answer); this is attempt 2")
    expect(fresh.text).toEndWith("What it had said:\n\n> I mapped half of it")
    await world.answer("ses_2", "whole")
    expect(await world.agent("a1")).toMatchObject({ status: "complete", session_id: "ses_2" })
    expect(world.runner.agentOfSession("ses_1")).toBeUndefined()
  })

  test("whose session has outgrown its model goes on in a new one", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    const error = { name: "ContextOverflowError", message: "prompt is too long" }
    await world.answer("ses_1", "", { error })
    await world.give("a1")
    const fresh = await world.sessions.prompted(2)
    expect(fresh.sessionId).toBe("ses_2")
    expect(fresh.text).toEndWith("It had said nothing yet.")
  })
})
