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
