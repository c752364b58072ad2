import { describe, expect, test } from "bun:test"
import {
  isRateLimit,
  restAfter,
  restOf,
  restUntil,
} from "../../../plugin/mesh/lifecycle/cool-down.ts"
import { beginCoolDown, coolDowns } from "../../../plugin/mesh/ledger/tables/cooldowns.ts"
import { openLedger } from "../../../plugin/mesh/ledger/ledger.ts"

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

test("a longer rest replaces a shorter one, and only the first of them is news", async () => {
  const clock = { at: 0 }
  const ledger = await openLedger(":memory:", { now: () => clock.at })
  const begin = (at: number, until: number) => {
    clock.at = at
    return ledger.transact((tx) =>
      beginCoolDown(tx, { provider: "fake", until, reason: `${until}` }),
    )
  }
  expect(await begin(0, 100)).toBe(true)
  expect(await begin(50, 200)).toBe(false)
  expect(await begin(60, 150)).toBe(false)
  expect((await ledger.read(coolDowns)).get("fake")).toMatchObject({ until: 200, reason: "200" })
  expect(await begin(200, 300)).toBe(true)
  const resting = await ledger.read(coolDowns)
  expect(restOf({ model: "fake/m1" }, resting, 299)?.until).toBe(300)
  expect(restOf({ model: "fake/m1" }, resting, 300)).toBeUndefined()
  expect(restOf({ model: "other/m1" }, resting, 0)).toBeUndefined()
  expect(restOf({ model: null }, resting, 0)).toBeUndefined()
  await ledger.close()
})
