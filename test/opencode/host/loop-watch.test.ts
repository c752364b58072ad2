import { afterEach, describe, expect, test } from "bun:test"
import { createHostWorld, type HostWorld } from "../support/host-world.ts"

let world: HostWorld
const start = async (names: string[], settings = {}) =>
  (world = await createHostWorld(names, settings))
afterEach(() => world.endWithoutFault())

describe("the same call over and over", () => {
  const call = (callID: string, input: object, sessionID = "ses_1") =>
    world.event("message.part.updated", {
      part: { sessionID, type: "tool", callID, tool: "bash", state: { status: "running", input } },
    })

  test("is told once for each run of it", async () => {
    await start(["a1"], { loop_calls: 3 })
    await world.give("a1")
    await world.sessions.prompted(1)
    for (const id of ["1", "2", "3", "3", "4", "5"]) await call(id, { command: "ls" })
    expect(await world.events("agent.looping")).toMatchObject([{ agent: "a1-1", calls: 3 }])
    await call("6", { command: "pwd" })
    for (const id of ["7", "8", "9"]) await call(id, { command: "ls" })
    expect(await world.events("agent.looping")).toHaveLength(2)
    expect((await world.notices())[0]).toBe(
      'Agent "a1" of flt_1 has made the same call 3 times in a row: `bash {"command":"ls"}`. It keeps running; a message from you may help, stop_agents ends it.',
    )
    expect((await world.agent("a1")).stop_mode).toBeNull()
  })

  test("ends the agent where that is configured", async () => {
    await start(["a1"], { loop_calls: 2, on_loop: "cancel" })
    await world.give("a1")
    await world.sessions.prompted(1)
    for (const id of ["1", "2"]) await call(id, { command: "ls" })
    expect(await world.untilStatus("a1", "failed")).toMatchObject({
      error_code: "LOOPING",
      error_detail: 'the same call 2 times in a row: bash {"command":"ls"}',
    })
    expect(world.sessions.aborted).toEqual(["ses_1"])
  })
})
