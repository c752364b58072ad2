import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import {
  beginCoolDown,
  endCoolDown,
  isRateLimit,
  mayTry,
  restAfter,
  restOf,
  restUntil,
} from "../../../plugin/mesh/lifecycle/cool-down.ts"
import { coolDownOf, coolDowns } from "../../../plugin/mesh/ledger/tables/cooldowns.ts"
import { type Ledger, openLedger } from "../../../plugin/mesh/ledger/ledger.ts"

describe("a rate limit", () => {
  const limits = [
    "APIError: Scripted error. (HTTP 429)",
    "Rate limit reached for gpt-5 in organization org-1",
    "This request would exceed your account's rate limit.",
    "Too Many Requests",
    "You exceeded your current quota",
    "Resource has been exhausted (e.g. check quota).",
    "ThrottlingException: slow down",
  ]
  for (const words of limits)
    test(`is told by "${words}"`, () => {
      expect(isRateLimit(words)).toBe(true)
    })

  const others = [
    "APIError: bad key (HTTP 401)",
    "APIError: Scripted error 500. (HTTP 500)",
    "Cannot connect to API: Unable to connect.",
    "ContextOverflowError: prompt is too long: 212429 tokens > 200000 maximum",
    "Provider is overloaded",
  ]
  for (const words of others)
    test(`is not told by "${words}"`, () => {
      expect(isRateLimit(words)).toBe(false)
    })
})

test("a rest outlasts OpenCode's own next try, and grows with the attempts that met the limit", () => {
  expect(restUntil(5000)).toBe(7000)
  expect(restAfter(1000, 1, 30_000, undefined)).toBe(31_000)
  expect(restAfter(1000, 3, 30_000, undefined)).toBe(121_000)
  expect(restAfter(1000, 1, 30_000, 90_000)).toBe(91_000)
})

describe("a rest", () => {
  const longest = 1000
  const clock = { at: 1 }
  let ledger: Ledger
  beforeEach(async () => {
    ledger = await openLedger(":memory:", { now: () => clock.at })
  })
  afterEach(() => ledger.close())

  const begin = (at: number, until: number) => {
    clock.at = at
    return ledger.transact((tx) =>
      beginCoolDown(tx, { provider: "fake", until, reason: `${until}` }, longest),
    )
  }
  const rest = (at: number, model: string | null = "fake/m1", id = "a1") =>
    ledger.read(async (db) => restOf({ id, model }, await coolDowns(db), at, longest))

  test("is replaced by a longer one, and only the first of them is news", async () => {
    expect(await begin(1, 100)).toBe(99)
    expect(await begin(50, 200)).toBeUndefined()
    expect(await begin(60, 150)).toBeUndefined()
    expect(await rest(60)).toEqual({ provider: "fake", until: 200, reason: "200" })
    expect(await begin(200, 300)).toBe(100)
    expect((await rest(299))?.until).toBe(300)
    expect(await rest(300)).toBeUndefined()
    expect(await rest(200, "other/m1")).toBeUndefined()
    expect(await rest(200, null)).toBeUndefined()
  })

  test("ends after the longest one, whatever the provider asks for", async () => {
    for (const until of [99_999_999_999_999_000, Infinity, Number.NaN]) {
      expect(await begin(10, until)).toBe(longest)
      expect((await rest(10))?.until).toBe(10 + longest)
      // Refused again and again, it lasts no longer in all.
      expect(await begin(500, until)).toBeUndefined()
      expect((await rest(500))?.until).toBe(10 + longest)
      expect(await rest(10 + longest)).toBeUndefined()
      await ledger.transact((tx) => endCoolDown(tx, "fake", "person"))
    }
  })

  test("that an earlier version wrote for weeks is over", async () => {
    await ledger.transact((tx) =>
      tx.run("INSERT INTO cooldowns (provider, until, reason) VALUES ('fake', 99999999999999, '')"),
    )
    expect(await rest(Date.UTC(2026, 0, 1))).toBeUndefined()
    expect(await begin(Date.UTC(2026, 0, 1), Infinity)).toBe(longest)
  })

  test("that is over is tried by one agent, and the others wait for its answer or two minutes", async () => {
    await begin(1, 100)
    clock.at = 100
    const may = (id: string) => ledger.transact((tx) => mayTry(tx, { id, model: "fake/m1" }))
    expect([await may("a1"), await may("a2"), await may("a1")]).toEqual([true, false, true])
    expect(await rest(100)).toBeUndefined()
    expect(await rest(100, "fake/m1", "a2")).toEqual({
      provider: "fake",
      until: 120_100,
      reason: "100; a1 tries it first",
    })
    expect(await rest(120_100, "fake/m1", "a2")).toBeUndefined()
    clock.at = 120_100
    expect(await may("a2")).toBe(true)
    // Refused, it rests anew and is tried anew.
    await begin(120_100, 120_200)
    clock.at = 120_200
    expect([await may("a2"), await may("a1")]).toEqual([true, false])
    await ledger.transact((tx) => endCoolDown(tx, "fake", "answer"))
    expect(await may("a1")).toBe(true)
    expect(await ledger.read((db) => coolDownOf(db, "fake"))).toBeUndefined()
  })
})
