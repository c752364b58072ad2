import { afterEach, describe, expect, test } from "bun:test"
import { MeshError } from "../../../plugin/mesh/model/errors.ts"
import { createHostWorld, type HostWorld } from "../support/host-world.ts"

let world: HostWorld
const start = async (names: string[], settings = {}) =>
  (world = await createHostWorld(names, settings))
afterEach(() => world.endWithoutFault())

describe("an answer", () => {
  test("keeps the final answer, usage and session, and tells the lead", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.answer("ses_1", "all done", { tokens: 42 })
    expect(await world.agent("a1")).toMatchObject({ status: "complete", output: "all done" })
    expect((await world.fleet()).status).toBe("complete")
    expect(await world.notices()).toHaveLength(1)
  })

  const failures: [string, Parameters<HostWorld["answer"]>[2] & { text: string }, string][] = [
    ["an empty answer", { text: "" }, "EMPTY_ANSWER"],
    ["a stream that was cut", { text: "half an", finish: "unknown" }, "STREAM_CUT"],
    ["an answer at the output limit", { text: "half an", finish: "length" }, "STREAM_CUT"],
    ["a session that rests after a tool call", { text: "", finish: "tool-calls" }, "STREAM_CUT"],
    [
      "an error of the provider",
      { text: "", error: { name: "APIError", message: "401" } },
      "SESSION_ERROR",
    ],
  ]
  for (const [what, answer, code] of failures)
    test(`with ${what} is a failed attempt`, async () => {
      await start(["a1"])
      await world.give("a1")
      await world.sessions.prompted(1)
      await world.answer("ses_1", answer.text, answer)
      expect(await world.agent("a1")).toMatchObject({
        status: "interrupted",
        error_code: code as never,
        partial: answer.text || null,
      })
    })

  test("with an error event and no answer is a failed attempt that keeps its words", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.event("session.error", {
      sessionID: "ses_1",
      error: { name: "UnknownError", data: { message: "no such agent" } },
    })
    world.sessions.busy.clear()
    await world.event("session.idle", { sessionID: "ses_1" })
    expect(await world.agent("a1")).toMatchObject({
      status: "interrupted",
      error_detail: "UnknownError: no such agent",
    })
  })
})

describe("an answer under way when the turn before it is judged", () => {
  const interrupted = async () => {
    await start(["ada"])
    await world.give("ada")
    const { sessionId } = await world.sessions.prompted(1)
    world.sessions.answer(sessionId, { text: "It is", finish: "unknown" })
    world.sessions.busy.add(sessionId)
    await world.runner.onEvent({ type: "session.idle", sessionId })
    expect((await world.agent("ada")).status).toBe("running")
    return sessionId
  }

  test("is no failure, and its own end is judged", async () => {
    const sessionId = await interrupted()
    world.sessions.busy.clear()
    await world.answer(sessionId, "It is done.")
    expect(await world.agent("ada")).toMatchObject({ status: "complete", output: "It is done." })
  })

  test("is judged without an end of its own once its session rests", async () => {
    await interrupted()
    world.sessions.busy.clear()
    expect((await world.untilStatus("ada", "interrupted")).error_code).toBe("STREAM_CUT")
  })
})

test("an end that cannot be written on a full disk is written once there is room", async () => {
  await start(["ada"])
  await world.give("ada")
  const { sessionId } = await world.sessions.prompted(1)
  await world.untilStatus("ada", "running")
  const { transact } = world.ledger
  const tried = Promise.withResolvers<void>()
  world.ledger.transact = async () => {
    tried.resolve()
    throw new MeshError("LEDGER_UNAVAILABLE", "The disk is full.", "Free some space.")
  }
  await world.answer(sessionId, "Dug it out.")
  await tried.promise
  world.ledger.transact = transact
  expect((await world.untilStatus("ada", "complete")).output).toBe("Dug it out.")
  expect(new Set(world.errors.splice(0).map(String))).toEqual(
    new Set(["MeshError: [LEDGER_UNAVAILABLE] The disk is full.\nNext: Free some space."]),
  )
})
