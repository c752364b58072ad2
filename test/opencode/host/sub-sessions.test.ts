import { afterEach, expect, test } from "bun:test"
import { stepOf } from "../support/fake-sessions.ts"
import { createHostWorld, type HostWorld } from "../support/host-world.ts"

let world: HostWorld
const start = async (names: string[], settings = {}) =>
  (world = await createHostWorld(names, settings))
afterEach(() => world.endWithoutFault())

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

test("usage of its sub-sessions is the agent's, and is counted once after a restart too", async () => {
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
