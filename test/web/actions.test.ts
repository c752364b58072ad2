import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { tellSmall } from "./support/stories.ts"
import { visitor } from "./support/visitor.ts"
import { createWorld, type World } from "./support/world.ts"

let world: World
let ask: string
let act: (name: string, body: unknown) => Promise<{ status: number; answer: any }>
beforeEach(async () => {
  world = await createWorld()
  ;({ ask } = await tellSmall(world.mesh))
  const guest = visitor(world)
  await guest.enter()
  act = async (name, body) => {
    const response = await guest.act(name, body)
    return { status: response.status, answer: await response.json() }
  }
})
afterEach(() => world.end())

describe("an action of the page", () => {
  test("answers with a reason, once", async () => {
    const body = { question_id: ask, words: ["reject"], reason: "Not on Friday." }
    const { status, answer } = await act("answer", body)
    expect([status, answer.done.answer]).toEqual([200, "reject"])
    const again = await act("answer", body)
    expect([again.status, again.answer.error.code]).toEqual([409, "QUESTION_CLOSED"])
  })

  test("stops one agent, or a fleet", async () => {
    const one = { fleet_id: "flt_1", agent_ids: ["maker"], mode: "cancel", reason: "enough" }
    expect((await act("stop", one)).answer.done).toEqual({
      stopped: ["maker-1"],
      already_ended: [],
    })
    expect((await world.mesh.agent("maker")).stop_reason).toBe("enough")
    expect((await act("stop", { fleet_id: "flt_1", mode: "wrap_up" })).answer.done.stopped).toEqual(
      ["mapper-1", "reviewer-1", "maker-1"],
    )
  })

  test("sends as the lead, and votes as the person", async () => {
    const draft = { fleet_id: "flt_1", to_agent_id: "mapper", type: "question", payload: "Well?" }
    expect((await act("send", draft)).answer.done.recipients).toEqual(["mapper-1"])
    const [open] = await world.mesh.events("ratification.opened")
    const { answer } = await act("vote", { message_id: open!["message_id"], vote: "decline" })
    expect(answer.done.tally.declining).toBe(1)
    expect((await world.mesh.events("vote.cast")).at(-1)).toMatchObject({ voter: "human" })
  })

  test.each([
    ["answer", {}, 409, "INVALID_ARGUMENT"],
    ["answer", { question_id: "ask_none", words: ["once"] }, 404, "UNKNOWN_QUESTION"],
    ["answer", { question_id: 7 }, 409, "INVALID_ARGUMENT"],
    ["answer", { question_id: "ask_1", words: "once" }, 409, "INVALID_ARGUMENT"],
    ["stop", { fleet_id: "flt_1", mode: "explode" }, 409, "INVALID_ARGUMENT"],
    ["stop", { fleet_id: "flt_9", mode: "kill" }, 404, "UNKNOWN_FLEET"],
    ["stop", { fleet_id: "flt_1", mode: "kill", reason: "a\nb" }, 409, "INVALID_ARGUMENT"],
    ["stop", { fleet_id: "flt_1", mode: "kill", reason: "a".repeat(501) }, 409, "INVALID_ARGUMENT"],
    [
      "send",
      { fleet_id: "flt_1", to_agent_id: "ghost", type: "handoff", payload: "x" },
      404,
      "UNKNOWN_AGENT",
    ],
    [
      "send",
      { fleet_id: "flt_1", to_agent_id: "maker", type: "vote", payload: "x" },
      409,
      "INVALID_ARGUMENT",
    ],
    ["vote", { message_id: "msg_none", vote: "approve" }, 404, "UNKNOWN_MESSAGE"],
    ["vote", { message_id: "msg_1", vote: "maybe" }, 409, "INVALID_ARGUMENT"],
    ["explode", {}, 404, "NOT_FOUND"],
    ["constructor", {}, 404, "NOT_FOUND"],
    ["stop", "[1", 409, "INVALID_ARGUMENT"],
    ["stop", "[]", 409, "INVALID_ARGUMENT"],
  ])("%s %j is refused and changes nothing", async (name, body, status, code) => {
    await world.mesh.unchanged(async () => {
      const { status: given, answer } = await act(name, body)
      expect([given, answer.error.code]).toEqual([status, code])
      expect(answer.error.next.length).toBeGreaterThan(5)
    })
  })

  test("that is longer than any message is refused", async () => {
    const { status } = await act("send", { payload: "x".repeat(500_000) })
    expect(status).toBe(413)
  })
})
