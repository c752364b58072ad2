import { afterEach, describe, expect, test } from "bun:test"
import { createHostWorld, type HostWorld } from "../support/host-world.ts"

let world: HostWorld
const start = async (names: string[], settings = {}) =>
  (world = await createHostWorld(names, settings))
afterEach(() => world.endWithoutFault())

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
    expect(await rest()).toMatchObject([
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

  test("rests for no longer than the longest rest, and nobody waits for weeks inside OpenCode", async () => {
    await start(["a1"], { cool_down_ms: 1000 })
    await world.give("a1")
    await world.sessions.prompted(1)
    // What OpenCode makes of `retry-after: 99999999999999`.
    const next = world.now() + 2 ** 31 - 1
    await world.event("session.status", {
      sessionID: "ses_1",
      status: { type: "retry", message: "Rate limit reached", next },
    })
    expect(await rest()).toMatchObject([{ until: world.now() + 900_000 }])
    expect(await world.events("provider.limited")).toMatchObject([{ rest_ms: 900_000 }])
    expect(await world.untilStatus("a1", "interrupted")).toMatchObject({
      error_code: "RATE_LIMITED",
    })
    expect((await world.agent("a1")).error_detail).toContain("longest_rest_ms (900000 ms)")
    world.clock.advance(900_000)
    await world.give("a1")
    await world.sessions.prompted(2)
    await world.answer("ses_1", "", { error: { ...limited, retryAfterMs: 99_999_999_999_999_000 } })
    expect(await rest()).toMatchObject([{ until: world.now() + 900_000, tried_by: null }])
  })

  test("is past once a model of its own has answered, and not before its end", async () => {
    await start(["a1", "a2"], { cool_down_ms: 1000 })
    await world.give("a1")
    await world.give("a2")
    await world.sessions.prompted(2)
    await world.answer("ses_1", "", { error: limited })
    const answers = (finish?: string) =>
      world.event("message.updated", {
        info: {
          id: "msg_a2",
          sessionID: "ses_2",
          role: "assistant",
          providerID: "fake",
          modelID: "m1",
          time: { created: world.now() },
          ...(finish && { finish }),
        },
      })
    await answers("stop")
    expect(await rest()).toHaveLength(1)
    world.clock.advance(1000)
    await answers()
    expect(await rest()).toHaveLength(1)
    await answers("stop")
    expect(await rest()).toEqual([])
    expect(await world.events("provider.rest_ended")).toMatchObject([
      { agent: "a2-1", provider: "fake", rested_ms: 1000, by: "answer" },
    ])
  })
})
