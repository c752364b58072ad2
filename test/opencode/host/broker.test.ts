import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { questionById } from "../../../plugin/mesh/ledger/tables/questions.ts"
import { createQuestions, type Questions } from "../../../plugin/mesh/questions/questions.ts"
import { endAgent } from "../../../plugin/mesh/lifecycle/outcome.ts"
import { failAttempt } from "../../../plugin/mesh/lifecycle/attempt.ts"
import { requestStop } from "../../../plugin/mesh/lifecycle/stop.ts"
import { createWakefulness } from "../../../plugin/mesh/supervision/wakefulness.ts"
import { expectFailure } from "../../mesh/support/errors.ts"
import { session } from "../../mesh/support/callers.ts"
import { createHostWorld, type HostWorld } from "../support/host-world.ts"

const person = session("human:1", { human: true })
const deadline = 900_000
const unanswered =
  "This was `permission: bash git push origin main`. It was not refused: nobody answered within 15 min. Go on without it, or report what you could not do."
let world: HostWorld
let questions: Questions

beforeEach(async () => {
  world = await createHostWorld(["a1", "a2"])
  questions = createQuestions(world)
  for (const [index, name] of ["a1", "a2"].entries()) {
    await world.give(name)
    await world.sessions.prompted(index + 1)
  }
})
afterEach(async () => {
  await world.end()
  expect(world.errors).toEqual([])
})

const push = {
  permission: "bash",
  patterns: ["git push origin main"],
  always: ["git push *"],
  metadata: { command: "git push origin main" },
}
const asks = (id: string, more: Record<string, unknown> = {}, sessionID = "ses_1") =>
  world.event("permission.asked", { id, sessionID, ...push, ...more })
const choose = (id: string, more: Record<string, unknown> = {}) =>
  world.event("question.asked", {
    id,
    sessionID: "ses_1",
    questions: [
      {
        question: "Which database?",
        header: "Database",
        options: [
          { label: "Postgres", description: "" },
          { label: "SQLite", description: "" },
        ],
        ...more,
      },
    ],
  })
const question = async (id: string) => (await world.ledger.read((db) => questionById(db, id)))!
const answer = (id: string, ...words: string[]) => questions.answer(person, id, { words })
const untilReplies = (count: number) =>
  world.until(`${count} replies`, async () => {
    await world.runner.look()
    return world.sessions.replies.length >= count && world.sessions.replies
  })
const status = async (name: string) => {
  const { agents } = await world.results.status(world.lead, "flt_1")
  const { blocked_on, question_id } = (await agents.find((each) => each.name === name))! as any
  return { blocked_on, question_id }
}

describe("an ask", () => {
  test("waits: in the ledger, beside its agent, and told to the lead with who can answer", async () => {
    await asks("per_1")
    expect(await question("ask_1")).toMatchObject({
      fleet_id: "flt_1",
      agent_id: "a1-1",
      host_id: "hst_1",
      kind: "permission",
      request_id: "per_1",
      wanted: "permission: bash git push origin main",
      state: "open",
      deadline_at: world.now() + deadline,
    })
    expect(await status("a1")).toEqual({
      blocked_on: "permission: bash git push origin main",
      question_id: "ask_1",
    })
    expect(await world.notices()).toEqual([
      'Agent "a1" of flt_1 is waiting for `permission: bash git push origin main`. Only the user can answer: in /fleets if OpenCode has it, or in a terminal outside it (meshfleet questions): meshfleet answer ask_1 once (or fleet, always, reject). You cannot; tell the user. Without an answer it is rejected in 15 min.',
    ])
    expect(await world.events("question.asked")).toEqual([
      {
        event: "question.asked",
        agent: "a1-1",
        question_id: "ask_1",
        wanted: "permission: bash git push origin main",
        deadline_ms: deadline,
      },
    ])
    expect(world.sessions.replies).toEqual([])
  })

  test("of a sub-session is its agent's, and told twice it is held once", async () => {
    world.sessions.parents.set("ses_sub", "ses_1")
    await asks("per_1", {}, "ses_sub")
    await asks("per_1", {}, "ses_sub")
    expect((await questions.open(person)).map(({ agent }) => agent)).toEqual(["a1"])
  })

  test("of a session that belongs to no agent is rejected at once", async () => {
    await asks("per_1", {}, "ses_stranger")
    expect(world.sessions.replies).toMatchObject([{ id: "per_1", reply: "reject" }])
    expect(await questions.open(person)).toEqual([])
  })
})

describe("an answer", () => {
  test("once lets this call through and nothing else", async () => {
    await asks("per_1")
    await answer("ask_1", "once")
    expect(await untilReplies(1)).toEqual([{ id: "per_1", reply: "once" }])
    await world.until("nobody waits", async () => (await world.agent("a1")).blocked_on === null)
    expect(await world.notices()).toEqual([])
    await asks("per_2")
    expect((await question("ask_2")).state).toBe("open")
  })

  test("fleet lets exactly this through for every agent of the fleet, now and later", async () => {
    await asks("per_1")
    await asks("per_2", {}, "ses_2")
    await answer("ask_1", "fleet")
    await untilReplies(2)
    expect(await question("ask_2")).toMatchObject({ state: "answered", reason: "granted before" })
    await asks("per_3", {}, "ses_2")
    expect(world.sessions.replies.at(-1)).toEqual({ id: "per_3", reply: "once" })
    expect(await world.events("question.granted")).toHaveLength(1)
    await asks("per_4", { patterns: ["git push --force"] })
    await asks("per_5", { permission: "edit" })
    expect((await questions.open(person)).map(({ wanted }) => wanted)).toEqual([
      "permission: bash git push --force",
      "permission: edit git push origin main",
    ])
  })

  test("fleet takes a star in what was asked for a star", async () => {
    await asks("per_1", { patterns: ["rm *"] })
    await answer("ask_1", "fleet")
    await untilReplies(1)
    await asks("per_2", { patterns: ["rm -rf src"] })
    expect((await question("ask_2")).state).toBe("open")
  })

  test("always lets through what OpenCode proposes, in this project, and can be taken back", async () => {
    await asks("per_1")
    const { remembered } = await answer("ask_1", "always")
    expect(remembered).toEqual([{ grant_id: "grt_1", permission: "bash", pattern: "git push *" }])
    expect(await untilReplies(1)).toEqual([{ id: "per_1", reply: "once" }])
    await asks("per_2", { patterns: ["git push --tags", "git push"] })
    expect(world.sessions.replies.at(-1)).toEqual({ id: "per_2", reply: "once" })
    await asks("per_3", { patterns: ["git push", "rm x"] })
    expect((await question("ask_2")).state).toBe("open")
    await questions.revoke(person, "grt_1")
    await asks("per_4")
    expect((await question("ask_3")).state).toBe("open")
    await expectFailure(() => questions.revoke(person, "grt_1"), "UNKNOWN_GRANT", "grt_1")
  })

  test("reject reaches the model with its reason", async () => {
    await asks("per_1")
    await questions.answer(person, "ask_1", { words: ["reject"], reason: "Open a pull request." })
    expect(await untilReplies(1)).toEqual([
      { id: "per_1", reply: "reject", reason: "Open a pull request." },
    ])
  })

  test("of two people is the first one's", async () => {
    await asks("per_1")
    const [first, second] = await Promise.allSettled([
      answer("ask_1", "reject"),
      answer("ask_1", "always"),
    ])
    expect(first.status).toBe("fulfilled")
    expect(String((second as PromiseRejectedResult).reason)).toContain(
      "[QUESTION_CLOSED] ask_1 was answered 0 s ago: reject.",
    )
    expect(await untilReplies(1)).toMatchObject([{ reply: "reject" }])
    expect(await questions.grants(person)).toEqual([])
  })

  test("is tried again when OpenCode could not take it, and given up when it knows it no more", async () => {
    await asks("per_1")
    world.sessions.failReplies(new Error("/permission/{id}/reply: down"))
    await answer("ask_1", "once")
    expect(await untilReplies(1)).toEqual([{ id: "per_1", reply: "once" }])
    expect(world.errors.splice(0).map(String)).toEqual(["Error: /permission/{id}/reply: down"])
    await asks("per_2")
    world.sessions.requests.delete("per_2")
    await answer("ask_2", "once")
    await world.until("nobody waits", async () => {
      await world.runner.look()
      return (await world.agent("a1")).blocked_on === null
    })
    expect(world.sessions.replies).toHaveLength(1)
  })
})

describe("a question of the agent", () => {
  test("is answered with the person's choice", async () => {
    await choose("que_1")
    expect((await status("a1")).blocked_on).toBe("question: Which database?")
    await answer("ask_1", "sqlite")
    expect(await untilReplies(1)).toEqual([{ id: "que_1", answers: [["SQLite"]] }])
  })

  test("that is rejected carries the reason, but where an answer would count as a yes", async () => {
    await choose("que_1")
    await questions.answer(person, "ask_1", { words: ["reject"], reason: "You decide." })
    expect(await untilReplies(1)).toEqual([
      { id: "que_1", answers: [["(not answered) You decide."]] },
    ])
    await choose("que_2", { custom: false })
    world.clock.advance(deadline)
    expect((await untilReplies(2))[1]).toEqual({ id: "que_2", reply: "reject" })
  })
})

describe("without an answer", () => {
  test("it is rejected at its deadline, with that reason, and the agent goes on", async () => {
    await asks("per_1")
    world.clock.advance(deadline - 1)
    await world.runner.look()
    expect(world.sessions.replies).toEqual([])
    world.clock.advance(1)
    expect(await untilReplies(1)).toEqual([{ id: "per_1", reply: "reject", reason: unanswered }])
    expect(await question("ask_1")).toMatchObject({ state: "expired", reason: unanswered })
    expect(await world.events("question.expired")).toMatchObject([{ reason: unanswered }])
    await world.until("nobody waits", async () => (await world.agent("a1")).blocked_on === null)
    // Not a second after the deadline either: it was waiting, not silent.
    expect((await world.agent("a1")).activity_at).toBe(world.now())
    expect(await world.notices()).toEqual([
      'Agent "a1" of flt_1 asked for `permission: bash git push origin main`. Nobody answered, so it was rejected.',
    ])
    await expectFailure(() => answer("ask_1", "once"), "QUESTION_CLOSED", "expired")
  })

  test("what its host has slept through is no time to answer in", async () => {
    await world.end()
    world = await createHostWorld(["a1"], {}, (now) => createWakefulness(now, 5000))
    await world.give("a1")
    await world.sessions.prompted(1)
    await asks("per_1")
    const asked = await question("ask_1")
    for (let night = 1; night <= 3; night++) {
      world.clock.advance(deadline)
      await world.runner.look()
      expect(world.sessions.replies).toEqual([])
      expect(await question("ask_1")).toMatchObject({
        state: "open",
        deadline_at: asked.deadline_at + night * (deadline - 1000),
      })
    }
    for (let waited = 0; waited < deadline; waited += 5000) {
      world.clock.advance(5000)
      world.wakefulness.since()
    }
    // So long by the clock, a quarter of it awake.
    const reason = unanswered.replace("15 min", "60 min")
    expect(await untilReplies(1)).toEqual([{ id: "per_1", reply: "reject", reason }])
  })

  test("a stopped agent ends, and its question with it", async () => {
    await asks("per_1")
    await world.ledger.transact(async (tx) =>
      requestStop(tx, await world.agentIn(tx, "a1"), {
        mode: "cancel",
        reason: "enough",
      }),
    )
    await world.untilStatus("a1", "cancelled")
    expect(await question("ask_1")).toMatchObject({
      state: "gone",
      reason: "the agent has ended: cancelled",
    })
    expect(await world.notices()).toEqual([])
  })

  test("an agent that is to wrap up waits no longer, and is asked for nothing more", async () => {
    await asks("per_1")
    await world.ledger.transact(async (tx) =>
      requestStop(tx, await world.agentIn(tx, "a1"), {
        mode: "wrap_up",
        reason: "enough",
      }),
    )
    const reason = "You are asked to stop (enough), so nobody was asked. Report what you have."
    expect(await untilReplies(1)).toEqual([{ id: "per_1", reply: "reject", reason }])
    await asks("per_2")
    expect(world.sessions.replies[1]).toEqual({ id: "per_2", reply: "reject", reason })
  })

  test("it is closed when its agent's attempt ends, as with its host", async () => {
    await asks("per_1")
    await world.ledger.transact(async (tx) =>
      failAttempt(
        tx,
        await world.agentIn(tx, "a1"),
        { code: "HOST_LOST", detail: "host process 500 is gone" },
        { attempts: 3, baseMs: 1000 },
        () => 0.5,
      ),
    )
    expect(await question("ask_1")).toMatchObject({
      state: "gone",
      reason: "the attempt has ended: host process 500 is gone",
    })
    expect((await world.agent("a1")).blocked_on).toBeNull()
    await expectFailure(
      () => answer("ask_1", "once"),
      "QUESTION_CLOSED",
      "host process 500 is gone",
    )
  })

  test("it is closed when OpenCode has ended it by itself", async () => {
    await asks("per_1")
    await asks("per_2")
    await world.event("permission.replied", {
      sessionID: "ses_1",
      requestID: "per_2",
      reply: "reject",
    })
    expect(await question("ask_2")).toMatchObject({
      state: "gone",
      reason: "rejected together with another question of its session",
    })
    expect((await status("a1")).question_id).toBe("ask_1")
    await world.answer("ses_1", "I went on.")
    expect((await question("ask_1")).state).toBe("gone")
    expect(await world.agent("a1")).toMatchObject({ status: "complete", blocked_on: null })
  })

  test("an agent that has ended asks for nothing", async () => {
    await world.ledger.transact(async (tx) =>
      endAgent(tx, await world.agentIn(tx, "a1"), {
        status: "complete",
        output: "x",
      }),
    )
    await asks("per_1")
    expect(world.sessions.replies).toMatchObject([{ id: "per_1", reply: "reject" }])
  })
})
