import type { Caller } from "../../../plugin/mesh/model/caller.ts"
import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { reopenAgent, spendWake } from "../../../plugin/mesh/lifecycle/wake.ts"
import { member, session } from "../support/callers.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
const lead = session("ses_lead")
const caps = { perFleet: 2, hops: 3, replies: 4 }

beforeEach(async () => {
  mesh = await createMesh()
  await mesh.given(["a1", "a2"])
  await mesh.set("a2", { status: "complete" })
})
afterEach(() => mesh.end())

const send = async (more: Record<string, unknown> = {}, from?: Caller) =>
  mesh.messages.send(from ?? member(await mesh.agent("a1")), {
    to_agent_id: "a2",
    type: "question",
    payload: "x",
    ...more,
  })
const spend = () => mesh.ledger.transact((tx) => spendWake(tx, "flt_1", "a2-1", caps))
const handled = () => mesh.ledger.transact((tx) => tx.run("UPDATE deliveries SET state = 'seen'"))

describe("a wake", () => {
  test("needs mail that may wake", async () => {
    expect(await spend()).toBe(false)
    await send({ wake: false })
    expect(await spend()).toBe(false)
    await send()
    expect(await spend()).toBe(true)
  })

  test("finds the one message that may wake behind a hundred that may not", async () => {
    for (let count = 0; count < 100; count++) await send({ wake: false })
    await send()
    expect(await spend()).toBe(true)
  })

  test("by members' own mail is counted per fleet, and capped with one word to the person", async () => {
    for (const woken of [true, true, false]) {
      await send()
      expect(await spend()).toBe(woken)
      await handled()
    }
    expect((await mesh.fleet()).wakes).toBe(2)
    expect(await mesh.events("fleet.wakes_capped")).toMatchObject([
      { recipient: "a2-1", detail: "2 wakes by its own messages" },
    ])
  })

  test("past the cap leaves the mail where it is, without another word for it", async () => {
    await mesh.ledger.transact((tx) => tx.run("UPDATE fleets SET wakes = 2"))
    const { message_id } = await send()
    expect([await spend(), await spend()]).toEqual([false, false])
    expect(await mesh.deliveries(message_id)).toEqual([
      { recipient: "a2-1", state: "accepted", wake: 0 },
    ])
    expect(await mesh.notices()).toHaveLength(1)
  })

  test("is not for an agent whose budget is spent, whoever writes, and the lead is told once", async () => {
    await mesh.set("a2", { budget: '{"tokens":100}', tokens: 100 })
    const { message_id } = await send({}, lead)
    expect([await spend(), await spend()]).toEqual([false, false])
    expect(await mesh.deliveries(message_id)).toEqual([
      { recipient: "a2-1", state: "accepted", wake: 0 },
    ])
    expect(await mesh.notices()).toEqual([
      'Agent "a2" of flt_1 was not woken for its latest mail: its budget is spent, 100 of 100 tokens. Give the work to another agent, or to another fleet if the fleet\'s budget is spent.',
    ])
  })

  test("is not for an agent whose fleet's budget is spent", async () => {
    await mesh.ledger.transact((tx) => tx.run(`UPDATE fleets SET budget = '{"turns":3}'`))
    await mesh.set("a1", { turns: 2 })
    await send()
    expect(await spend()).toBe(true)
    await mesh.set("a2", { turns: 1 })
    expect(await spend()).toBe(false)
  })

  test("from above is free: by the lead, or by the lead for a member", async () => {
    await mesh.ledger.transact((tx) => tx.run("UPDATE fleets SET wakes = 2"))
    await send({}, lead)
    expect(await spend()).toBe(true)
    await handled()
    await send({ from_agent_id: "a1" }, lead)
    expect(await spend()).toBe(true)
    expect((await mesh.fleet()).wakes).toBe(2)
  })

  test("ends after so many messages of one correlation", async () => {
    for (const woken of [true, true, true, false]) {
      await mesh.ledger.transact((tx) => tx.run("UPDATE fleets SET wakes = 0"))
      await send({ correlation_id: "thanks" })
      expect(await spend()).toBe(woken)
      await handled()
    }
    await send({ correlation_id: "new topic" })
    expect(await spend()).toBe(true)
  })
})

test("a woken agent starts a new turn of the same attempt, and its fleet runs again", async () => {
  await mesh.set("a1", { status: "complete" })
  await mesh.set("a2", {
    attempts: 1,
    generation: 3,
    output: "first",
    error_code: "TIMEOUT",
    stop_mode: "cancel",
    ended_at: 1,
  })
  await mesh.ledger.transact((tx) => tx.run("UPDATE fleets SET status = 'complete', ended_at = 1"))
  const before = await mesh.agent("a2")
  expect(await mesh.ledger.transact((tx) => reopenAgent(tx, before, "queued"))).toBe(true)
  expect(await mesh.agent("a2")).toMatchObject({
    status: "queued",
    attempts: 1,
    generation: 4,
    output: "first",
    error_code: null,
    stop_mode: null,
    ended_at: null,
  })
  expect(await mesh.fleet()).toMatchObject({ status: "running", ended_at: null })
  expect(await mesh.ledger.transact((tx) => reopenAgent(tx, before, "queued"))).toBe(false)
})

test("a cancelled agent is never woken", async () => {
  await mesh.set("a2", { status: "cancelled" })
  expect(
    await mesh.ledger.transact(async (tx) =>
      reopenAgent(tx, await mesh.agentIn(tx, "a2"), "queued"),
    ),
  ).toBe(false)
})
