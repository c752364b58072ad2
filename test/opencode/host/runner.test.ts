import { afterEach, describe, expect, test } from "bun:test"
import { assign } from "../../../plugin/mesh/lifecycle/attempt.ts"
import { MeshError } from "../../../plugin/mesh/model/errors.ts"
import { hostById, markEnding } from "../../../plugin/mesh/ledger/tables/hosts.ts"
import { member } from "../../mesh/support/callers.ts"
import { stepOf } from "../support/fake-sessions.ts"
import { createHostWorld, type HostWorld } from "../support/host-world.ts"

let world: HostWorld
const start = async (names: string[], settings = {}) =>
  (world = await createHostWorld(names, settings))
afterEach(async () => {
  await world.end()
  expect(world.errors).toEqual([])
})

const send = async (to: string, payload: string, more = {}, from = world.lead) => {
  const sent = await world.messages.send(from, {
    to_agent_id: to,
    type: "question",
    payload,
    ...more,
  })
  return sent
}
const usage = { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } }
/** Every commit is told, and what it started has reached the ledger. */
const state = async (id: string) => (await world.deliveries(id))[0]?.state

describe("starting", () => {
  test("creates a session bound by the lead's rules, with its prompt, agent and model", async () => {
    await start(["a1"])
    await world.ledger.transact((tx) =>
      tx.run(
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
    expect(await world.agent("a1")).toMatchObject({
      status: "running",
      session_id: "ses_1",
      attempts: 1,
    })
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
    await world.ledger.transact((tx) =>
      tx.run("UPDATE agents SET status = 'starting', host_id = 'hst_2'"),
    )
    await world.runner.look()
    expect(world.sessions.prompts).toEqual([])
  })
})

describe("finishing", () => {
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
    await world.event("session.idle", { sessionID: "ses_1" })
    expect(await world.agent("a1")).toMatchObject({
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
    expect(await world.agent("a1")).toMatchObject({
      status: "complete",
      output: "whole",
      attempts: 2,
      error_code: null,
    })
  })

  test("of a session that is gone goes on in a new one, which is told what had been done", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.answer("ses_1", "I mapped half of it", { finish: "unknown" })
    world.sessions.stores.delete("ses_1")
    await world.give("a1")
    const fresh = await world.sessions.prompted(2)
    expect(fresh).toMatchObject({ sessionId: "ses_2", synthetic: false })
    expect(fresh.text).toStartWith("do a1\n\n[meshfleet] This task was begun before")
    expect(fresh.text).toContain("(the model's stream ended in mid-answer); this is attempt 2")
    expect(fresh.text).toEndWith("What it had said so far:\n\nI mapped half of it")
    await world.answer("ses_2", "whole")
    expect(await world.agent("a1")).toMatchObject({ status: "complete", session_id: "ses_2" })
    expect(world.runner.agentOfSession("ses_1")).toBeUndefined()
  })

  test("of a session that has outgrown its model goes on in a new one", async () => {
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

describe("usage", () => {
  const step = (sessionID: string, id: string, tokens: number, more = {}) =>
    world.event("message.updated", {
      info: {
        id,
        sessionID,
        role: "assistant",
        providerID: "fake",
        cost: 0.5,
        tokens: { input: tokens, output: 0, reasoning: 0, cache: { read: 0, write: 0 } },
        ...more,
      },
    })

  test("of its sub-sessions is the agent's, and is counted once after a restart too", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    world.sessions.parents.set("ses_sub", "ses_1")
    world.sessions.stores.set("ses_sub", [])
    await step("ses_1", "m_1", 100)
    await step("ses_sub", "m_2", 10)
    await step("ses_sub", "m_2", 11)
    await step("ses_other", "m_3", 1000)
    await world.until("counted", async () => (await world.agent("a1")).tokens === 111)
    expect(await world.agent("a1")).toMatchObject({ cost_usd: 1, turns: 2 })
    // The host dies with a step untold; the store has them all.
    const answer = (id: string, tokens: number) => stepOf(id, { tokens, costUsd: 0.5 })
    world.sessions.stores.get("ses_1")!.push(answer("m_1", 100))
    world.sessions.stores.get("ses_sub")!.push(answer("m_2", 11), answer("m_4", 1))
    await world.set("a1", { status: "interrupted", error_code: "HOST_LOST", attempts: 1 })
    await world.give("a1")
    await world.until("recounted", async () => (await world.agent("a1")).tokens === 112)
    expect(await world.agent("a1")).toMatchObject({ cost_usd: 1.5, turns: 3 })
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

describe("a provider that limits its rate", () => {
  const rest = () =>
    world.ledger.read((db) =>
      db.all<{ provider: string; until: number; reason: string }>("SELECT * FROM cooldowns"),
    )
  const limited = { name: "APIError", message: "slow down (HTTP 429)" }

  test("rests for everybody while a session waits for it, in a sub-session too", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    world.sessions.parents.set("ses_sub", "ses_1")
    const next = world.now() + 4000
    const retry = (sessionID: string, message: string) =>
      world.event("session.status", { sessionID, status: { type: "retry", message, next } })
    await retry("ses_1", "Cannot connect to API")
    expect(await rest()).toEqual([])
    await retry("ses_sub", "Rate limit reached")
    await retry("ses_1", "Rate limit reached")
    expect(await rest()).toEqual([
      { provider: "fake", until: next + 2000, reason: "Rate limit reached" },
    ])
    expect(await world.events("provider.limited")).toMatchObject([
      { agent: "a1-1", provider: "fake", rest_ms: 6000 },
    ])
    await world.until("shown", async () => (await world.agent("a1")).blocked_on === "provider")
  })

  test("and ends the session fails the attempt with that cause, and rests longer each time", async () => {
    await start(["a1"], { attempts: 2, cool_down_ms: 1000 })
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.answer("ses_1", "", { error: limited })
    expect(await world.agent("a1")).toMatchObject({
      status: "interrupted",
      error_code: "RATE_LIMITED",
    })
    expect((await rest())[0]!.until).toBe(world.now() + 1000)
    await world.give("a1")
    await world.sessions.prompted(2)
    await world.answer("ses_1", "", { error: limited })
    expect(await world.agent("a1")).toMatchObject({
      status: "failed",
      attempts: 2,
      error_code: "RATE_LIMITED",
      error_detail: "the provider limits its rate: APIError: slow down (HTTP 429)",
    })
    expect((await rest())[0]!.until).toBe(world.now() + 2000)
  })

  test("rests as long as it asks for", async () => {
    await start(["a1"], { cool_down_ms: 1000 })
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.answer("ses_1", "", { error: { ...limited, retryAfterMs: 90_000 } })
    expect((await rest())[0]!.until).toBe(world.now() + 90_000)
  })
})

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
      'Agent "a1" of flt_1 has made the same call 3 times in a row: bash {"command":"ls"}. It goes on; a message of yours may help it, stop_agents ends it.',
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
    await world.until("injected", async () => (await state(message_id)) === "injected")
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
    expect((await world.agent("a1")).status).toBe("running")
    await world.answer("ses_1", "done with it")
    expect(await world.agent("a1")).toMatchObject({ status: "complete", output: "done with it" })
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
    expect((await world.agent("a1")).status).toBe("complete")
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
    expect(await world.agent("a1")).toMatchObject({ status: "complete", output: "yes" })
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
    await send("a1", "for your information", { wake: false }, member(await world.agent("a2")))
    await send("a1", "please look")
    expect((await world.sessions.prompted(2)).delivered).toEqual(["msg_1", "msg_2"])
  })

  test("seen in the turn is acknowledged by its end", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    const { message_id } = await send("a1", "x")
    await world.sessions.prompted(2)
    await world.until("injected", async () => (await state(message_id)) === "injected")
    await world.courier.observe(await world.sessions.messages("ses_1", "/shop", 40), ["a1-1"])
    await world.answer("ses_1", "done")
    expect(await state(message_id)).toBe("acked")
    expect(await world.events("message.acked")).toMatchObject([{ agent: "a1-1", auto: true }])
  })
})

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
    await send("a1", "x")
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

test("an agent that got its host early begins when its wait is over", async () => {
  await start(["a1"])
  const dueAt = world.now() + 1000
  await world.set("a1", { not_before: dueAt })
  await world.ledger.transact(async (tx) => assign(tx, await world.agentIn(tx, "a1"), "hst_1"))
  await world.runner.look()
  expect(world.runner.agentOfSession("ses_1")).toBeUndefined()
  expect(world.sessions.created).toEqual([])
  expect(world.sessions.prompts).toEqual([])
  world.clock.advance(1000)
  await world.runner.look()
  expect((await world.sessions.prompted(1)).text).toBe("do a1")
})

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
      stop_reason: "no activity for 10 min; it was at: tool bash",
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
    await send("a1", "go on")
    await world.sessions.prompted(2)
    expect(world.sessions.aborted).toEqual(["ses_1"])
    expect((await world.agent("a1")).status).toBe("running")
  })
})

describe("the host", () => {
  test("ends when it has had no work for its linger, with the children of all its agents", async () => {
    await start(["a1", "a2"], { linger_ms: 10_000 })
    for (const name of ["a1", "a2"]) {
      await world.give(name)
      await world.until("session", async () => (await world.agent(name)).session_id)
    }
    await world.sessions.prompted(2)
    await world.answer("ses_1", "x")
    await world.runner.look()
    world.clock.advance(20_000)
    await world.runner.look()
    expect((await world.ledger.read((db) => hostById(db, "hst_1")))?.status).toBe("ready")
    await world.answer("ses_2", "x")
    await world.runner.look()
    world.clock.advance(9999)
    await world.runner.look()
    expect((await world.ledger.read((db) => hostById(db, "hst_1")))?.status).toBe("ready")
    world.clock.advance(1)
    await world.runner.look()
    expect(await world.hostEnded).toEqual(["a1-1", "a2-1"])
    expect(await world.ledger.read((db) => hostById(db, "hst_1"))).toMatchObject({
      status: "ended",
      cause: "work done",
    })
  })

  test("stays while its fleet runs, and wakes its agent at once", async () => {
    await start(["a1", "other"], { linger_ms: 10_000 })
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.answer("ses_1", "x")
    for (let minute = 0; minute < 5; minute++) {
      world.clock.advance(60_000)
      await world.runner.look()
    }
    expect((await world.ledger.read((db) => hostById(db, "hst_1")))?.status).toBe("ready")
    await send("a1", "one more thing")
    expect((await world.sessions.prompted(2)).sessionId).toBe("ses_1")
    expect(await world.agent("a1")).toMatchObject({ status: "running", attempts: 1 })
  })

  test("whose agents are all cancelled does not wait for the others of its fleet", async () => {
    await start(["a1", "other"], { linger_ms: 10_000 })
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.set("a1", { status: "cancelled" })
    await world.runner.look()
    world.clock.advance(10_000)
    await world.runner.look()
    expect(await world.hostEnded).toEqual(["a1-1"])
  })

  test("that was sent away goes, and wakes nobody any more", async () => {
    await start(["a1", "other"])
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.answer("ses_1", "x")
    await world.ledger.transact(async (tx) => {
      await markEnding(tx, "hst_1", "idle, and memory was running low")
      await tx.run("UPDATE agents SET status = 'complete' WHERE name = 'a1'")
    })
    await send("a1", "still there?")
    expect(await world.hostEnded).toEqual(["a1-1"])
    expect(await world.ledger.read((db) => hostById(db, "hst_1"))).toMatchObject({
      status: "ended",
      cause: "idle, and memory was running low",
    })
    expect((await world.agent("a1")).status).toBe("complete")
  })

  test("beyond max_parallel wakes nobody at once: the agent queues for its place in this host", async () => {
    await start(["a1", "a2"])
    await world.ledger.transact((tx) => tx.run("UPDATE fleets SET max_parallel = 1"))
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.answer("ses_1", "x")
    await world.give("a2")
    await world.sessions.prompted(2)
    await send("a1", "when there is room")
    expect(await world.untilStatus("a1", "queued")).toMatchObject({ host_id: "hst_1" })
    await world.answer("ses_2", "x")
    await world.give("a1")
    expect((await world.sessions.prompted(3)).sessionId).toBe("ses_1")
  })

  test("stays when mail arrives at the last moment", async () => {
    await start(["a1"], { linger_ms: 10_000 })
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.answer("ses_1", "x")
    await world.runner.look()
    world.clock.advance(10_000)
    const sending = send("a1", "wait!")
    await world.runner.look()
    await sending
    expect((await world.sessions.prompted(2)).delivered).toEqual(["msg_2"])
    expect((await world.ledger.read((db) => hostById(db, "hst_1")))?.status).toBe("ready")
  })

  test("that was declared dead ends itself at its next heartbeat", async () => {
    await start(["a1"], { heartbeat_ms: 100 })
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.ledger.transact((tx) => tx.run("UPDATE hosts SET status = 'ended'"))
    expect(await world.hostEnded).toEqual(["a1-1"])
  })

  test("writes down what its agents do", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.event("message.part.updated", {
      part: { sessionID: "ses_1", type: "tool", tool: "bash", state: { status: "running" } },
    })
    await world.until("activity", async () => (await world.agent("a1")).activity === "tool bash")
    expect((await world.agent("a1")).last_tool).toBe("bash")
  })

  test("writes down whom its agents wait for, and that a sub-session is at work", async () => {
    await start(["a1"])
    await world.give("a1")
    await world.sessions.prompted(1)
    const inbox = (status: string) =>
      world.event("message.part.updated", {
        part: {
          sessionID: "ses_1",
          type: "tool",
          tool: "get_inbox",
          state: { status, input: { wait_seconds: 600 } },
        },
      })
    await inbox("running")
    await world.until("waiting", async () => (await world.agent("a1")).blocked_on === "message")
    await inbox("completed")
    await world.until("not waiting", async () => (await world.agent("a1")).blocked_on === null)
    world.sessions.parents.set("ses_sub", "ses_1")
    await world.set("a1", { stalled_at: world.now() })
    world.clock.advance(60_000)
    await world.event("message.part.updated", { part: { sessionID: "ses_sub", type: "text" } })
    await world.until("active", async () => (await world.agent("a1")).activity_at === world.now())
    expect((await world.agent("a1")).stalled_at).toBeNull()
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
