import { afterEach, describe, expect, test } from "bun:test"
import { hostById } from "../../../plugin/mesh/ledger/tables/hosts.ts"
import { createWakefulness } from "../../../plugin/mesh/supervision/wakefulness.ts"
import { member } from "../../mesh/support/callers.ts"
import { createHostWorld, type HostWorld } from "../support/host-world.ts"

let world: HostWorld
const start = async (names: string[], settings = {}) =>
  (world = await createHostWorld(names, settings))
afterEach(() => world.endWithoutFault())

describe("mail", () => {
  test("beyond max_parallel wakes nobody at once: the agent queues for its place in this host", async () => {
    await start(["a1", "a2"])
    await world.ledger.transact((tx) => tx.run("UPDATE fleets SET max_parallel = 1"))
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.answer("ses_1", "x")
    await world.give("a2")
    await world.sessions.prompted(2)
    await world.send("a1", "when there is room")
    expect(await world.untilStatus("a1", "queued")).toMatchObject({ host_id: "hst_1" })
    await world.answer("ses_2", "x")
    await world.give("a1")
    expect((await world.sessions.prompted(3)).sessionId).toBe("ses_1")
  })

  test("goes into a busy session, once", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    const { message_id } = await world.send("a1", "how far?")
    expect(await world.sessions.prompted(2)).toMatchObject({
      delivered: [message_id],
      synthetic: true,
    })
    await world.until(
      "injected",
      async () => (await world.deliveries(message_id))[0]?.state === "injected",
    )
    expect(world.sessions.prompts).toHaveLength(2)
  })

  test("that came before the end is read before the agent is complete", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    const idle = world.answer("ses_1", "done?")
    await world.send("a1", "one more thing")
    await idle
    await world.sessions.prompted(2)
    expect((await world.agent("a1")).status).toBe("running")
    await world.answer("ses_1", "done with it")
    expect(await world.agent("a1")).toMatchObject({ status: "complete", output: "done with it" })
  })

  test("that stayed unanswered as the turn ended is pointed at", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.send("a1", "late")
    await world.sessions.prompted(2)
    world.sessions.busy.clear()
    await world.event("session.idle", { sessionID: "ses_1" })
    expect((await world.sessions.prompted(3)).text).toContain("arrived as your turn was ending")
    await world.answer("ses_1", "I see")
    expect((await world.agent("a1")).status).toBe("complete")
  })

  test("that nobody could read since everybody slept is not pointed at for that", async () => {
    world = await createHostWorld(["a1"], { heartbeat_ms: 100 }, (now) =>
      createWakefulness(now, 5000),
    )
    await world.give("a1")
    await world.sessions.prompted(1)
    const { message_id } = await world.send("a1", "late")
    await world.sessions.prompted(2)
    await world.until(
      "injected",
      async () => (await world.deliveries(message_id))[0]?.state === "injected",
    )
    world.sessions.busy.clear()
    const beats = async () => (await hostRow()).beat_at
    const hostRow = async () => (await world.ledger.read((db) => hostById(db, "hst_1")))!
    world.clock.advance(70_000)
    for (let times = 0; times < 3; times++) {
      const at = world.now()
      await world.until("a beat", async () => (await beats()) === at)
      world.clock.advance(1000)
    }
    expect(world.sessions.prompts).toHaveLength(2)
    for (let waited = 0; waited < 30; waited++) {
      world.clock.advance(1000)
      world.wakefulness.since()
    }
    expect((await world.sessions.prompted(3)).text).toContain("arrived as your turn was ending")
  })

  test("after a failed request is answered in its own right", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.event("session.error", {
      sessionID: "ses_1",
      error: { name: "APIError", data: { message: "500" } },
    })
    await world.send("a1", "are you there?", { wake: true })
    await world.sessions.prompted(2)
    await world.answer("ses_1", "yes")
    expect(await world.agent("a1")).toMatchObject({ status: "complete", output: "yes" })
  })

  test("wakes an agent whose turn is over, in the same session, as a turn of the same attempt", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.answer("ses_1", "first")
    await world.send("a1", "and now?")
    expect(await world.sessions.prompted(2)).toMatchObject({
      sessionId: "ses_1",
      delivered: ["msg_2"],
    })
    expect((await world.fleet()).status).toBe("running")
    await world.answer("ses_1", "second")
    expect(await world.agent("a1")).toMatchObject({
      status: "complete",
      output: "second",
      attempts: 1,
    })
    expect((await world.agent("a1")).generation).toBe(2)
  })

  test("that may not wake stays until something else does", async () => {
    await start(["a1", "a2"])
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.answer("ses_1", "done")
    await world.send("a1", "for your information", { wake: false }, member(await world.agent("a2")))
    await world.send("a1", "please look")
    expect((await world.sessions.prompted(2)).delivered).toEqual(["msg_1", "msg_2"])
  })

  test("seen in the turn is acknowledged by its end", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    const { message_id } = await world.send("a1", "x")
    await world.sessions.prompted(2)
    await world.until(
      "injected",
      async () => (await world.deliveries(message_id))[0]?.state === "injected",
    )
    await world.courier.observe(await world.sessions.messages("ses_1", "/shop", 40), ["a1-1"])
    await world.answer("ses_1", "done")
    expect((await world.deliveries(message_id))[0]?.state).toBe("acked")
    expect(await world.events("message.acked")).toMatchObject([{ agent: "a1-1", auto: true }])
  })
})
