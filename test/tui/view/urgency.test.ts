import { expect, test } from "bun:test"
import type { ShownAgent } from "../../../plugin/tui/view/snapshot.ts"
import { urgencyOf } from "../../../plugin/tui/view/urgency.ts"
import { agent, at, fleet } from "./shown.ts"

const shown = (more: Partial<ShownAgent> = {}, fleetMore = {}) => ({
  at,
  fleets: [fleet([agent("ada", more), agent("bob")], fleetMore)],
  questions: [],
})
const before = urgencyOf(shown())

test("how somebody stands is to be seen soon", () => {
  const urgent: Partial<ShownAgent>[] = [
    { status: "failed" },
    { status: "complete" },
    { host_alive: false },
    { silent_ms: 60_000 },
    { blocked_on: "permission: bash git push" },
  ]
  for (const more of urgent) expect(urgencyOf(shown(more))).not.toBe(before)
  expect(urgencyOf(shown({}, { status: "complete" }))).not.toBe(before)
  expect(urgencyOf({ at, fleets: [], questions: [] })).not.toBe(before)
})

test("what it does, its tokens and its mail may wait a little, and so may growing silence", () => {
  const calm = shown({ activity: "reading b.ts", tokens: 99, unread: 3, age_ms: 1, turns: 9 })
  expect(urgencyOf(calm)).toBe(before)
  expect(urgencyOf(shown({ silent_ms: 60_000 }))).toBe(urgencyOf(shown({ silent_ms: 65_000 })))
})
