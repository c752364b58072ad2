import { afterEach, describe, expect, test } from "bun:test"
import { hostById } from "../../plugin/mesh/ledger/hosts.ts"
import { member } from "../mesh/support/callers.ts"
import { createHostWorld, type HostWorld } from "./support/host-world.ts"

let world: HostWorld
const start = async (names: string[], settings = {}) =>
  (world = await createHostWorld(names, settings))
afterEach(() => {
  world.end()
  expect(world.errors).toEqual([])
})

const send = async (to: string, payload: string, more = {}, from = world.lead) => {
  const sent = await world.messages.send(from, {
    to_agent_id: to,
    type: "question",
    payload,
    ...more,
  })
  world.changes.nudge()
  return sent
}
/** Every commit is told, and what it started has reached the ledger. */
const state = (id: string) => world.deliveries(id)[0]?.state

describe("starting", () => {
  test("creates a session bound by the lead's rules, with its prompt, agent and model", async () => {
    await start(["a1"])
    await world.ledger.transact((db) =>
      db.run(
        `UPDATE fleets SET lead_rules = '[{"permission":"*","pattern":"*","action":"allow"},{"permission":"bash","pattern":"*","action":"deny"}]'`,
      ),
    )
    await world.give("a1")
    expect(await world.sessions.prompted(1)).toEqual({
      sessionId: "ses_1",
      directory: "/shop",
      agent: "build",
      model: "fake/m1",
      text: "do a1",
      synthetic: false,
    })
    expect(world.sessions.created).toEqual([
      {
        id: "ses_1",
        title: "a1: a1",
        parentId: "ses_lead",
        rules: [{ permission: "bash", pattern: "*", action: "deny" }],
      },
    ])
    expect(world.agent("a1")).toMatchObject({ status: "running", session_id: "ses_1", attempts: 1 })
    expect(world.runner.systemText("ses_1")).toContain('You are agent "a1"')
  })

  test("fails the attempt when the host does not know the agent", async () => {
    await start(["a1"])
    await world.set("a1", { agent: "unknown" })
    await world.give("a1")
    expect(await world.untilStatus("a1", "interrupted")).toMatchObject({
      error_code: "SESSION_ERROR",
      error_detail: 'this host knows no agent "unknown"',
    })
  })

  test("takes no agent that was given to somebody else meanwhile", async () => {
    await start(["a1"])
    await world.ledger.transact((db) =>
      db.run("UPDATE agents SET status = 'starting', host_id = 'hst_2'"),
    )
    world.runner.look()
    expect(world.sessions.prompts).toEqual([])
  })
})

describe("finishing", () => {
  test("keeps the final answer, usage and session, and tells the lead", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.answer("ses_1", "all done", { tokens: 42 })
    expect(world.agent("a1")).toMatchObject({ status: "complete", output: "all done" })
    expect(world.fleet().status).toBe("complete")
    expect(world.notices()).toHaveLength(1)
  })

  const failures: [string, Parameters<HostWorld["answer"]>[2] & { text: string }, string][] = [
    ["an empty answer", { text: "" }, "EMPTY_ANSWER"],
    ["a stream that was cut", { text: "half an", finish: "unknown" }, "STREAM_CUT"],
    ["an answer at the output limit", { text: "half an", finish: "length" }, "STREAM_CUT"],
    ["a session that rests after a tool call", { text: "", finish: "tool-calls" }, "STREAM_CUT"],
    [
      "an error of the provider",
      { text: "", error: { name: "APIError", data: { message: "401" } } },
      "SESSION_ERROR",
    ],
  ]
  for (const [what, answer, code] of failures)
    test(`with ${what} is a failed attempt`, async () => {
      await start(["a1"])
      await world.give("a1")
      await world.sessions.prompted(1)
      await world.answer("ses_1", answer.text, answer)
      expect(world.agent("a1")).toMatchObject({
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
    await world.event("session.idle", { sessionID: "ses_1" })
    expect(world.agent("a1")).toMatchObject({
      status: "interrupted",
      error_detail: "UnknownError: no such agent",
    })
  })

  test("in a fresh attempt goes on in the same session, which is told what happened", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.answer("ses_1", "half", { finish: "unknown" })
    await world.give("a1")
    const resumed = await world.sessions.prompted(2)
    expect(resumed).toMatchObject({ sessionId: "ses_1", synthetic: true })
    expect(resumed.text).toContain("this is attempt 2")
    await world.answer("ses_1", "whole")
    expect(world.agent("a1")).toMatchObject({
      status: "complete",
      output: "whole",
      attempts: 2,
      error_code: null,
    })
  })

  test("of a session that is gone goes on in a new one, from the start", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.answer("ses_1", "half", { finish: "unknown" })
    world.sessions.stores.delete("ses_1")
    await world.give("a1")
    expect(await world.sessions.prompted(2)).toMatchObject({ sessionId: "ses_2", text: "do a1" })
  })
})

describe("mail", () => {
  test("goes into a busy session, once", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    const { message_id } = await send("a1", "how far?")
    expect(await world.sessions.prompted(2)).toMatchObject({
      delivered: [message_id],
      synthetic: true,
    })
    await world.until("injected", () => state(message_id) === "injected")
    expect(world.sessions.prompts).toHaveLength(2)
  })

  test("that came before the end is read before the agent is complete", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    const idle = world.answer("ses_1", "done?")
    await send("a1", "one more thing")
    await idle
    await world.sessions.prompted(2)
    expect(world.agent("a1").status).toBe("running")
    await world.answer("ses_1", "done with it")
    expect(world.agent("a1")).toMatchObject({ status: "complete", output: "done with it" })
  })

  test("that stayed unanswered as the turn ended is pointed at", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    await send("a1", "late")
    await world.sessions.prompted(2)
    world.sessions.busy.clear()
    await world.event("session.idle", { sessionID: "ses_1" })
    expect((await world.sessions.prompted(3)).text).toContain("came while your turn ended")
    await world.answer("ses_1", "I see")
    expect(world.agent("a1").status).toBe("complete")
  })

  test("after a failed request is answered in its own right", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.event("session.error", {
      sessionID: "ses_1",
      error: { name: "APIError", data: { message: "500" } },
    })
    await send("a1", "are you there?", { wake: true })
    await world.sessions.prompted(2)
    await world.answer("ses_1", "yes")
    expect(world.agent("a1")).toMatchObject({ status: "complete", output: "yes" })
  })

  test("wakes an agent whose turn is over, in the same session, as a turn of the same attempt", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.answer("ses_1", "first")
    await send("a1", "and now?")
    expect(await world.sessions.prompted(2)).toMatchObject({
      sessionId: "ses_1",
      delivered: ["msg_2"],
    })
    expect(world.fleet().status).toBe("running")
    await world.answer("ses_1", "second")
    expect(world.agent("a1")).toMatchObject({ status: "complete", output: "second", attempts: 1 })
    expect(world.agent("a1").generation).toBe(2)
  })

  test("that may not wake stays until something else does", async () => {
    await start(["a1", "a2"])
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.answer("ses_1", "done")
    await send("a1", "for your information", { wake: false }, member(world.agent("a2")))
    await send("a1", "please look")
    expect((await world.sessions.prompted(2)).delivered).toEqual(["msg_1", "msg_2"])
  })

  test("seen in the turn is acknowledged by its end", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    const { message_id } = await send("a1", "x")
    await world.sessions.prompted(2)
    await world.until("injected", () => state(message_id) === "injected")
    world.courier.observe(await world.sessions.messages("ses_1", "/shop", 40), ["a1-1"])
    await world.answer("ses_1", "done")
    expect(state(message_id)).toBe("acked")
    expect(world.events("message.acked")).toMatchObject([{ agent: "a1-1", auto: true }])
  })
})

describe("stopping", () => {
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
    expect(world.childrenEnded).toEqual(["a1-1"])
    await world.event("session.idle", { sessionID: "ses_1" })
    expect(world.agent("a1").status).toBe("cancelled")
  })

  test("by wrap_up asks once for a report, and keeps it", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.fleets.stop(world.lead, "flt_1", { mode: "wrap_up", reason: "late" })
    expect((await world.sessions.prompted(2)).text).toContain("You are asked to stop: late")
    world.runner.look()
    await world.answer("ses_1", "my report")
    expect(world.agent("a1")).toMatchObject({
      status: "cancelled",
      partial: "my report",
      error_detail: "late",
    })
    expect(world.sessions.prompts).toHaveLength(2)
  })

  test("asked for by many looks is done once, and never to the turn after it", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.ledger.transact((db) =>
      db.run(
        "UPDATE agents SET stop_mode = 'cancel', stop_code = 'TIMEOUT', stop_reason = 'late', stop_at = 0",
      ),
    )
    for (let count = 0; count < 5; count++) world.runner.look()
    await world.untilStatus("a1", "failed")
    await send("a1", "go on")
    await world.sessions.prompted(2)
    expect(world.sessions.aborted).toEqual(["ses_1"])
    expect(world.agent("a1").status).toBe("running")
  })
})

describe("the host", () => {
  test("ends when it has had no work for its linger, with the children of all its agents", async () => {
    await start(["a1", "a2"], { linger_ms: 10_000 })
    for (const name of ["a1", "a2"]) {
      await world.give(name)
      await world.until("session", () => world.agent(name).session_id)
    }
    await world.sessions.prompted(2)
    await world.answer("ses_1", "x")
    world.runner.look()
    world.clock.advance(20_000)
    world.runner.look()
    expect(world.ledger.read((db) => hostById(db, "hst_1"))?.status).toBe("ready")
    await world.answer("ses_2", "x")
    world.runner.look()
    world.clock.advance(10_000)
    world.runner.look()
    expect(await world.hostEnded).toEqual(["a1-1", "a2-1"])
    expect(world.ledger.read((db) => hostById(db, "hst_1"))).toMatchObject({
      status: "ended",
      cause: "work done",
    })
  })

  test("stays when mail arrives at the last moment", async () => {
    await start(["a1"], { linger_ms: 10_000 })
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.answer("ses_1", "x")
    world.runner.look()
    world.clock.advance(10_000)
    const sending = send("a1", "wait!")
    world.runner.look()
    await sending
    expect((await world.sessions.prompted(2)).delivered).toEqual(["msg_2"])
    expect(world.ledger.read((db) => hostById(db, "hst_1"))?.status).toBe("ready")
  })

  test("that was declared dead ends itself at its next heartbeat", async () => {
    await start(["a1"], { heartbeat_ms: 100 })
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.ledger.transact((db) => db.run("UPDATE hosts SET status = 'ended'"))
    expect(await world.hostEnded).toEqual(["a1-1"])
  })

  test("writes down what its agents do", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.event("message.part.updated", {
      part: { sessionID: "ses_1", type: "tool", tool: "bash", state: { status: "running" } },
    })
    await world.until("activity", () => world.agent("a1").activity === "tool bash")
    expect(world.agent("a1").last_tool).toBe("bash")
  })
})
