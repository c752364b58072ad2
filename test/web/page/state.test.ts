import { describe, expect, test } from "bun:test"
import type { AgentShown, Happening, Need, Overview } from "../../../plugin/mesh/views/shown.ts"
import {
  agentsOf,
  emptyState,
  historyOf,
  matches,
  merge,
  mostUrgentFirst,
  talk,
} from "../../../plugin/web/page/state.ts"

const agent = (name: string, more: Partial<AgentShown> = {}) =>
  ({
    id: name,
    fleetId: "flt_1",
    position: 0,
    name,
    role: "writer",
    agent: null,
    model: null,
    state: "running",
    doing: "writes",
    waitsSince: null,
    ...more,
  }) as AgentShown
const event = (seq: number, more: Partial<Happening> = {}): Happening => ({
  seq,
  at: seq * 10,
  type: "agent.running",
  fleetId: "flt_1",
  agentId: "a",
  who: "a",
  to: [],
  text: "",
  kind: null,
  ...more,
})
const letter = (seq: number, agentId: string | null, ...to: string[]) =>
  event(seq, { type: "message.sent", agentId, to, kind: "handoff" })

const told = (...all: Partial<Overview>[]) =>
  all.reduce((state, each) => merge(state, { now: 100, ...each }, 60), emptyState())

describe("the state of the page", () => {
  test("keeps what is not told again, and knows the ledger's clock", () => {
    const state = told(
      { shown: ["flt_1"], agents: [agent("a"), agent("b")] },
      { agents: [agent("b", { doing: "reads" })] },
    )
    expect(agentsOf(state).map(({ name, doing }) => `${name} ${doing}`)).toEqual([
      "a writes",
      "b reads",
    ])
    expect(state.skewMs).toBe(40)
  })

  test("has who needs somebody on top, in the order of the needs, and each agent once", () => {
    const need = (agentId: string | null, kind: Need["kind"]): Need => ({
      ...{ key: `${kind} ${agentId}`, kind, fleetId: "flt_1", agentId, who: "", reason: "" },
      ...{ since: 1, until: null, advice: "" },
    })
    const state = told({
      shown: ["flt_1"],
      agents: ["a", "b", "c", "d"].map((id, position) => agent(id, { position })),
      needs: [
        need("d", "question"),
        need(null, "stuck"),
        need("elsewhere", "stalled"),
        need("b", "stalled"),
        need("d", "budget"),
      ],
    })
    expect(mostUrgentFirst(state).map(({ id }) => id)).toEqual(["d", "b", "a", "c"])
    expect(mostUrgentFirst(told({})).length).toBe(0)
  })

  test("forgets agents and history of fleets that are not shown any more", () => {
    const state = told(
      {
        shown: ["flt_1", "flt_2"],
        agents: [agent("a"), agent("b", { fleetId: "flt_2" })],
        happenings: [event(1), event(2, { fleetId: "flt_2" })],
      },
      { shown: ["flt_2"] },
    )
    expect([agentsOf(state).length, historyOf(state, 10).map(({ seq }) => seq)]).toEqual([1, [2]])
  })

  test("has the history in order and once, messages apart from the rest", () => {
    const state = told(
      { shown: ["flt_1"], happenings: [event(3), letter(5, "a", "b")] },
      { happenings: [event(1), event(3), letter(4, "b", "a")] },
    )
    expect(state.turns.map(({ seq }) => seq)).toEqual([1, 3])
    expect(historyOf(state, 10).map(({ seq }) => seq)).toEqual([1, 3, 4, 5])
    expect(historyOf(state, 2).map(({ seq }) => seq)).toEqual([4, 5])
  })

  test("keeps the waits for mail that it saw", () => {
    const state = told(
      { shown: ["flt_1"], agents: [agent("a", { waitsSince: 40 })] },
      { now: 90, agents: [agent("a")] },
    )
    expect(state.mailWaits.get("a")).toEqual([{ from: 40, to: 90 }])
  })
})

test("talk is counted by pairs, the lead of a fleet among them", () => {
  expect(
    talk([letter(1, "a", "b", "lead"), letter(2, "a", "b"), letter(3, null, "a")]).map(
      ({ from, to, count, lastAt }) => [from, to, count, lastAt],
    ),
  ).toEqual([
    ["a", "b", 2, 20],
    ["a", "lead:flt_1", 1, 10],
    ["lead:flt_1", "a", 1, 30],
  ])
})

test("a search finds name, role, state and doing, whatever the case", () => {
  const one = agent("Mapper", { doing: "bash npm test" })
  expect(["mapper", "WRITER", "npm", "running", ""].every((each) => matches(one, each))).toBe(true)
  expect(matches(one, "reviewer")).toBe(false)
})
