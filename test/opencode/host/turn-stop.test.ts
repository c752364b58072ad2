import { afterEach, describe, expect, test } from "bun:test"
import { createHostWorld, type HostWorld } from "../support/host-world.ts"

let world: HostWorld
const start = async (names: string[], settings = {}) =>
  (world = await createHostWorld(names, settings))
afterEach(() => world.endWithoutFault())

describe("stopping", () => {
  test("by kill gives the children no time", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.fleets.stop(world.lead, "flt_1", { mode: "kill" })
    expect(await world.untilStatus("a1", "cancelled")).toMatchObject({ error_code: "KILLED" })
    expect(world.childrenEnded).toEqual(["a1-1 in 0 ms"])
  })

  test("by cancel aborts, ends the children, and keeps what there was", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    world.sessions.answer("ses_1", { text: "so far", finish: "tool-calls" })
    await world.fleets.stop(world.lead, "flt_1", { mode: "cancel", reason: "enough" })
    expect(await world.untilStatus("a1", "cancelled")).toMatchObject({
      partial: "so far",
      error_code: "CANCELLED",
      error_detail: "enough",
    })
    expect(world.sessions.aborted).toEqual(["ses_1"])
    expect(world.childrenEnded).toEqual(["a1-1 in 1000 ms"])
    await world.event("session.idle", { sessionID: "ses_1" })
    expect((await world.agent("a1")).status).toBe("cancelled")
  })

  test("by wrap_up asks once for a report, and keeps it", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.fleets.stop(world.lead, "flt_1", { mode: "wrap_up", reason: "late" })
    expect((await world.sessions.prompted(2)).text).toContain("You are asked to stop: late")
    await world.runner.look()
    await world.answer("ses_1", "my report")
    expect(await world.agent("a1")).toMatchObject({
      status: "cancelled",
      partial: "my report",
      error_detail: "late",
    })
    expect(world.sessions.prompts).toHaveLength(2)
  })

  test("by retry ends the attempt, and the agent goes on with the next", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    world.sessions.answer("ses_1", { text: "so far", finish: "tool-calls" })
    await world.set("a1", {
      stop_mode: "retry",
      stop_code: "STALLED",
      stop_reason: "no activity for 10 min; last seen: tool bash",
      stop_at: world.now(),
    })
    expect(await world.untilStatus("a1", "interrupted")).toMatchObject({
      error_code: "STALLED",
      partial: "so far",
      stop_mode: null,
    })
    expect(world.sessions.aborted).toEqual(["ses_1"])
    expect(world.childrenEnded).toEqual(["a1-1 in 1000 ms"])
    await world.give("a1")
    expect((await world.sessions.prompted(2)).text).toContain("no activity for 10 min")
    await world.answer("ses_1", "whole")
    expect(await world.agent("a1")).toMatchObject({ status: "complete", attempts: 2 })
  })

  test("asked for by many looks is done once, and never to the turn after it", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.ledger.transact((tx) =>
      tx.run(
        "UPDATE agents SET stop_mode = 'cancel', stop_code = 'TIMEOUT', stop_reason = 'late', stop_at = 0",
      ),
    )
    for (let count = 0; count < 5; count++) await world.runner.look()
    await world.untilStatus("a1", "failed")
    await world.send("a1", "go on")
    await world.sessions.prompted(2)
    expect(world.sessions.aborted).toEqual(["ses_1"])
    expect((await world.agent("a1")).status).toBe("running")
  })

  test("that spends its budget with the last answer leaves the agent complete", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    world.sessions.answer("ses_1", { text: "the whole answer" })
    const idle = world.event("session.idle", { sessionID: "ses_1" })
    await world.set("a1", { stop_mode: "wrap_up", stop_code: "BUDGET", stop_at: world.now() })
    await idle
    expect(await world.agent("a1")).toMatchObject({
      status: "complete",
      output: "the whole answer",
    })
  })

  test("over its budget in mid-work asks for a report, which the failed agent keeps", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    const stop_reason = "Its budget is spent: 100 of 100 tokens"
    const stop = { stop_mode: "wrap_up", stop_code: "BUDGET", stop_reason } as const
    await world.set("a1", { ...stop, stop_at: world.now() })
    expect((await world.sessions.prompted(2)).text).toContain(`asked to stop: ${stop_reason}`)
    // The answer that was under way ends; the report is still to come.
    await world.event("session.idle", { sessionID: "ses_1" })
    expect((await world.agent("a1")).status).toBe("running")
    await world.answer("ses_1", "what I have")
    expect(await world.agent("a1")).toMatchObject({
      status: "failed",
      error_code: "BUDGET",
      error_detail: stop_reason,
      partial: "what I have",
    })
  })
})
