import { describe, expect, test } from "bun:test"
import type { AgentRow, FleetRow } from "../../../plugin/mesh/ledger/tables/rows.ts"
import { overBudget } from "../../../plugin/mesh/supervision/over-budget.ts"

const at = 1_000_000
const agent = (name: string, tokens: number, more: Partial<AgentRow> = {}) =>
  ({
    id: name,
    name,
    status: "running",
    tokens,
    cost_usd: 0,
    turns: 0,
    worked_ms: 0,
    turn_at: at,
    stop_mode: null,
    budget: null,
    budget_warned_at: null,
    ...more,
  }) as AgentRow
const limited = (name: string, tokens: number, more: Partial<AgentRow> = {}) =>
  agent(name, tokens, { budget: '{"tokens":100}', ...more })

const next = (agents: AgentRow[], fleet: Partial<FleetRow> = {}) =>
  overBudget(
    {
      fleet: {
        status: "running",
        budget: null,
        budget_warned_at: null,
        ran_ms: 0,
        created_at: at - 5000,
        resumed_at: null,
        ...fleet,
      } as FleetRow,
      agents,
    },
    at,
  ).map((action) =>
    action.do === "wrap-up"
      ? `end ${action.agent.name}: ${action.reason}`
      : `warn ${action.agent?.name ?? "fleet"}`,
  )

describe("an agent's budget", () => {
  test("warns from 80 % on, once", () => {
    expect(next([limited("a", 79)])).toEqual([])
    expect(next([limited("a", 80)])).toEqual(["warn a"])
    expect(next([limited("a", 99, { budget_warned_at: at - 1 })])).toEqual([])
  })

  test("that is spent ends the agent, whatever is left of another limit", () => {
    expect(next([limited("a", 100)])).toEqual(["end a: Its budget is spent: 100 of 100 tokens"])
    const turns = { budget: '{"tokens":100,"turns":2}', turns: 2 }
    expect(next([limited("a", 1, turns)])).toEqual(["end a: Its budget is spent: 2 of 2 turns"])
    const time = { budget: '{"duration_ms":1000}', turn_at: at - 1000 }
    expect(next([limited("a", 0, time)])).toEqual(["end a: Its budget is spent: 1 of 1 seconds"])
  })

  test("ends nobody twice, and nobody who has ended", () => {
    expect(next([limited("a", 100, { stop_mode: "wrap_up" })])).toEqual([])
    expect(next([limited("a", 100, { stop_mode: "cancel" })])).toEqual([])
    expect(next([limited("a", 100, { stop_mode: "retry" })])).toHaveLength(1)
    expect(next([limited("a", 100, { status: "complete" })])).toEqual([])
  })

  test("that is spent lets nobody who waits for another try start again", () => {
    expect(next([limited("a", 100, { status: "interrupted" })])).toHaveLength(1)
  })
})

describe("a fleet's budget", () => {
  const budget = '{"tokens":100}'

  test("counts all its agents, those that have ended too", () => {
    const agents = [agent("a", 50, { status: "complete" }), agent("b", 30)]
    expect(next(agents, { budget })).toEqual(["warn fleet"])
    expect(next(agents, { budget, budget_warned_at: at - 1 })).toEqual([])
  })

  test("that is spent ends everybody who is still at work or waits", () => {
    const agents = [
      agent("a", 50, { status: "complete" }),
      agent("b", 50),
      agent("c", 0, { status: "queued" }),
    ]
    expect(next(agents, { budget })).toEqual([
      "end b: The fleet's budget is spent: 100 of 100 tokens",
      "end c: The fleet's budget is spent: 100 of 100 tokens",
    ])
  })

  test("is of no account once everybody has ended", () => {
    expect(next([agent("a", 500, { status: "complete" })], { budget })).toEqual([])
  })
})
