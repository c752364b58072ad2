import { expect, test } from "bun:test"
import { backoffMs, mayRetry } from "../../../plugin/mesh/lifecycle/retry.ts"

test("an agent gets as many attempts as the policy says, including the first", () => {
  const policy = { attempts: 3, baseMs: 1000 }
  expect([1, 2, 3].map((attempt) => mayRetry(attempt, policy))).toEqual([true, true, false])
})

test("the wait doubles with each attempt, 20 % more or less", () => {
  expect([1, 2, 3].map((attempt) => backoffMs(attempt, 1000, () => 0.5))).toEqual([
    1000, 2000, 4000,
  ])
  expect([0, 1].map((random) => backoffMs(2, 1000, () => random))).toEqual([1600, 2400])
})
