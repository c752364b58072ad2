import { expect, test } from "bun:test"
import { textOf } from "../../../plugin/cli/render/styled.ts"
import { pressChoice, renderChoice } from "../../../plugin/cli/watch/render-choice.ts"
import type { AgentStatus, FleetStatus } from "../../../plugin/cli/render/render-fleet.ts"

const at = Date.UTC(2026, 0, 1)
const agent = (name: string, more: Partial<AgentStatus> = {}): AgentStatus => ({
  agent_id: `${name}-1`,
  name,
  role: name,
  status: "running",
  pid: 1,
  host_alive: true,
  attempts: 1,
  activity: "thinking",
  age_ms: 1000,
  tokens: 0,
  cost_usd: 0,
  unread: 0,
  blocked_on: null,
  ...more,
})
const fleet = (id: string, agents: AgentStatus[]): FleetStatus => ({
  fleet: {
    fleet_id: id,
    name: `crew \u001b[31m${id}`,
    status: "running",
    isolation: "auto",
    max_parallel: 4,
    created_at: new Date(at - 60_000).toISOString(),
  },
  agents,
})
const calm = fleet("flt_1", [agent("mapper"), agent("maker")])
const asking = fleet("flt_2", [
  agent("pusher", { question_id: "qst_1", blocked_on: "permission: bash git push" }),
])

test("each fleet says who needs somebody and why, and those with somebody stand on top", () => {
  const lines = renderChoice([calm, asking], undefined, { columns: 60, rows: 10 }, at).map(textOf)
  expect(lines).toEqual([
    "2 fleets are running.",
    "",
    "> crew flt_2  flt_2  for 1m 00s  1 running",
    "    ! pusher waits for a person: permission: bash git push",
    "  crew flt_1  flt_1  for 1m 00s  2 running",
    "    nobody is stuck or waits for a person",
    "",
    "",
    "",
    "Enter watch · q leave",
  ])
})

test("where none runs it says that it waits", () => {
  const lines = renderChoice([], undefined, { columns: 80, rows: 5 }, at).map(textOf)
  expect([lines[0], lines.at(-1)]).toEqual([
    "No fleet is running. One is shown here as soon as it starts.",
    "q leave",
  ])
})

test("a small window shows the chosen one", () => {
  const many = Array.from({ length: 20 }, (_, index) => fleet(`flt_${index}`, [agent("mapper")]))
  const lines = renderChoice(many, "flt_15", { columns: 30, rows: 7 }, at).map(textOf)
  expect(lines).toHaveLength(7)
  expect(lines.filter((line) => line.startsWith("> crew flt_15"))).toHaveLength(1)
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(30)
})

test("keys move, open and leave, and what has ended is not chosen any more", () => {
  const fleets = [calm, asking]
  const press = (selected: string | undefined, key: Parameters<typeof pressChoice>[2]) =>
    pressChoice(fleets, selected, key, at)
  expect(press(undefined, { name: "down" })).toEqual({ selected: "flt_1" })
  expect(press("flt_1", { text: "j" })).toEqual({ selected: "flt_1" })
  expect(press("flt_1", { text: "k" })).toEqual({ selected: "flt_2" })
  expect(press("flt_1", { name: "enter" })).toEqual({ selected: "flt_1", act: "open" })
  expect(press("flt_9", { name: "enter" })).toEqual({ selected: "flt_2", act: "open" })
  expect(press("flt_1", { text: "q" })).toEqual({ selected: "flt_1", act: "leave" })
  expect(pressChoice([], undefined, { name: "enter" }, at)).toEqual({ selected: undefined })
})
