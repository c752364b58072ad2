import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { spendWake } from "../../../plugin/mesh/lifecycle/wake.ts"
import { endAgent } from "../../../plugin/mesh/lifecycle/outcome.ts"
import type { DeliveredMessage } from "../../../plugin/mesh/ledger/tables/messages.ts"
import { undelivered } from "../../../plugin/mesh/ledger/tables/messages.ts"
import { capsOf } from "../../../plugin/mesh/model/config.ts"
import type { Caller } from "../../../plugin/mesh/model/caller.ts"
import { member, session } from "../support/callers.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
const lead = session("ses_lead")
let a1: Caller
let a2: Caller

beforeEach(async () => {
  mesh = await createMesh({ idle_exchanges: 2 })
  await mesh.given(["a1", "a2"])
  a1 = member(await mesh.agent("a1"))
  a2 = member(await mesh.agent("a2"))
})
afterEach(() => mesh.end())

const mailOf = (recipient: string) => mesh.ledger.read((db) => undelivered(db, recipient))
const enter = async (caller: Caller, recipient: string) => {
  const mail: DeliveredMessage[] = await mailOf(recipient)
  mesh.exchanges.heard(caller.sessionId, mail)
  await mesh.ledger.transact((tx) =>
    tx.run("UPDATE deliveries SET state = 'seen' WHERE recipient = ?", recipient),
  )
  return mail
}
/** One says something, and the other hears it. */
const say = async (from: Caller, to: string, hearer: Caller, recipient: string) => {
  await mesh.messages.send(from, { to_agent_id: to, type: "result", payload: "thank you" })
  return (await enter(hearer, recipient)).at(-1)!.auto_replies
}
const ping = () => say(a1, "a2", a2, "a2-1")
const pong = () => say(a2, "a1", a1, "a1-1")
const refusal = { code: "LIMIT_REACHED", detail: expect.stringContaining("2 exchanges") as string }

describe("an exchange in which nobody does anything else", () => {
  test("is counted from message to message, and refused beyond the cap", async () => {
    expect([await ping(), await pong(), await ping(), await pong()]).toEqual([0, 1, 2, 3])
    expect(ping()).rejects.toMatchObject(refusal)
    expect(await mailOf("a2-1")).toEqual([])
  })

  test("begins anew with whoever does something", async () => {
    for (const step of [ping, pong, ping, pong]) await step()
    mesh.exchanges.acted(a1.sessionId)
    expect(await ping()).toBe(0)
  })

  test("counts through any number of agents", async () => {
    await say(lead, "a1", a1, "a1-1")
    await ping()
    await say(a2, "lead", lead, "lead:flt_1")
    expect(await say(lead, "a1", a1, "a1-1")).toBe(3)
    expect(ping()).rejects.toMatchObject(refusal)
  })

  test("is no matter of many messages without an answer", async () => {
    for (let count = 0; count < 20; count++) expect(await ping()).toBe(0)
  })

  test("does not multiply when each turn is heard twice, by its message and by its answer", async () => {
    mesh.exchanges.heard(lead.sessionId, [{ auto_replies: 1 }])
    await say(lead, "a1", a1, "a1-1")
    mesh.exchanges.heard(lead.sessionId, [{ auto_replies: 1 }])
    await say(lead, "a1", a1, "a1-1")
    mesh.exchanges.heard(lead.sessionId, [{ auto_replies: 1 }])
    expect(say(lead, "a1", a1, "a1-1")).rejects.toMatchObject(refusal)
    // Others have not been thanked yet, and whoever did something may be answered.
    expect(await say(lead, "a2", a2, "a2-1")).toBe(2)
    mesh.exchanges.heard(lead.sessionId, [{ auto_replies: 0 }])
    expect(await say(lead, "a1", a1, "a1-1")).toBe(1)
  })

  test("is told to the lead once, however often it goes on", async () => {
    for (const step of [ping, pong, ping, pong]) await step()
    for (let tries = 0; tries < 3; tries++) await ping().catch(() => undefined)
    const told = await mailOf("lead:flt_1")
    expect(told.map(({ payload }) => payload)).toEqual([
      expect.stringContaining('messages of "a1" are refused'),
    ])
    // Telling it is no reason for the lead to begin the circle once more.
    mesh.exchanges.heard(lead.sessionId, told)
    expect(
      mesh.messages.send(lead, { to_agent_id: "a1", type: "result", payload: "please stop" }),
    ).rejects.toMatchObject(refusal)
  })

  test("is lifted by a person's message, which is never refused itself", async () => {
    for (const step of [ping, pong, ping, pong]) await step()
    await ping().catch(() => undefined)
    await mesh.messages.send(session("cli", { human: true }), {
      to_agent_id: "a1",
      type: "result",
      payload: "go on",
      fleet_id: "flt_1",
    })
    expect((await mesh.fleet()).capped_at).toBeNull()
    expect(await mesh.events("fleet.cap_lifted")).toHaveLength(1)
    await enter(a1, "a1-1")
    expect(await ping()).toBe(1)
  })
})

describe("answers without a message", () => {
  const answer = async (autoReplies: number) =>
    mesh.ledger.transact(async (tx) =>
      endAgent(tx, await mesh.agentIn(tx, "a1"), {
        status: "complete",
        output: "you are welcome",
        autoReplies,
      }),
    )

  test("count when the lead reads them", async () => {
    await answer(2)
    await mesh.results.collect(lead, "flt_1", ["a1"])
    expect(mesh.exchanges.repliesOf(lead.sessionId)).toBe(3)
  })

  test("wake nobody beyond the cap, and the lead learns why", async () => {
    await mesh.complete("a2")
    await answer(4)
    const caps = capsOf(mesh.config)
    const spend = () => mesh.ledger.transact((tx) => spendWake(tx, "flt_1", "lead:flt_1", caps))
    expect(await spend()).toBe(false)
    expect((await mailOf("lead:flt_1")).map(({ wake }) => wake)).toEqual([0, 1])
    expect(await spend()).toBe(true)
  })
})
