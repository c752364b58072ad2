import { describe, expect, test } from "bun:test"
import {
  renderSpending,
  renderSpent,
  spentByAgent,
  spentByFleet,
  tightest,
} from "../../../plugin/mesh/lifecycle/budget.ts"
import type { AgentRow, FleetRow } from "../../../plugin/mesh/ledger/tables/rows.ts"

const spent = { tokens: 500, cost_usd: 0.9, turns: 3, duration_ms: 10_000 }

describe("of several limits", () => {
  test("the one closest to its end counts", () => {
    expect(tightest({ tokens: 1000, cost_usd: 1, turns: 10 }, spent)).toMatchObject({
      kind: "cost_usd",
      share: 0.9,
    })
    expect(tightest({ duration_ms: 5000, tokens: 1000 }, spent)).toMatchObject({
      kind: "duration_ms",
      share: 2,
    })
  })

  test("without any, nothing is limited", () => {
    expect(tightest({}, spent)).toBeUndefined()
    expect(tightest({ tokens: undefined }, spent)).toBeUndefined()
  })
})

test("an agent's time is that of its turns, not of the rest between them", () => {
  const agent = { tokens: 1, cost_usd: 2, turns: 3, worked_ms: 4000, turn_at: null } as AgentRow
  expect(spentByAgent(agent, 100_000)).toEqual({
    tokens: 1,
    cost_usd: 2,
    turns: 3,
    duration_ms: 4000,
  })
  expect(spentByAgent({ ...agent, turn_at: 99_000 }, 100_000).duration_ms).toBe(5000)
})

test("a fleet has spent what its agents have, and the time in which it ran", () => {
  const agents = [
    { tokens: 10, cost_usd: 0.5, turns: 1 },
    { tokens: 20, cost_usd: 0.25, turns: 2 },
  ] as AgentRow[]
  const fleet = { status: "running", ran_ms: 1000, created_at: 0, resumed_at: null } as FleetRow
  expect(spentByFleet(fleet, agents, 500)).toEqual({
    tokens: 30,
    cost_usd: 0.75,
    turns: 3,
    duration_ms: 1500,
  })
  expect(spentByFleet({ ...fleet, resumed_at: 400 }, agents, 500).duration_ms).toBe(1100)
  expect(spentByFleet({ ...fleet, status: "complete" }, agents, 500).duration_ms).toBe(1000)
})

test("what has been spent is told beside its limit, and what is neither limited nor used is not", () => {
  const none = { tokens: 0, cost_usd: 0, turns: 0, duration_ms: 0 }
  expect(renderSpent(undefined, none)).toBe("")
  expect(renderSpent(undefined, spent)).toBe("500 tokens, $0.9000")
  expect(renderSpent({ tokens: 1000, turns: 5 }, spent)).toBe(
    "500 of 1,000 tokens, $0.9000, 3 of 5 turns",
  )
})

test("spending reads as a person says it", () => {
  const render = (
    kind: Parameters<typeof renderSpending>[0]["kind"],
    used: number,
    limit: number,
  ) => renderSpending({ kind, spent: used, limit })
  expect(render("tokens", 81_000, 100_000)).toBe("81,000 of 100,000 tokens")
  expect(render("turns", 3, 3)).toBe("3 of 3 turns")
  expect(render("cost_usd", 0.81, 2)).toBe("$0.8100 of $2.00")
  expect(render("duration_ms", 61_400, 120_000)).toBe("61 of 120 seconds")
})
