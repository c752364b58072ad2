import { expect, test } from "bun:test"
import { offspringIn } from "../../../plugin/system/offspring/offspring.ts"
import { lineageOf } from "../../../plugin/system/offspring/lineage.ts"
import { ownersIn } from "../../../plugin/system/offspring/owners.ts"
import type { ProcessRow } from "../../../plugin/system/offspring/process-table.ts"
import { createShellRuns } from "../../../plugin/system/offspring/shell-runs.ts"

const lineage = lineageOf("hst_1")
const row = (pid: number, more: Partial<ProcessRow> = {}): ProcessRow => ({
  pid,
  parent: 1,
  session: pid,
  startedAt: 0,
  lineage,
  environment: [],
  ...more,
})
const host = row(10, { environment: ["MESHFLEET_HOST=hst_1"] })
const of = (agent: string) => ["MESHFLEET_HOST=", `MESHFLEET_AGENT=${agent}`]
const owners = (
  rows: ProcessRow[],
  startedFor: (at: number) => string | undefined = () => undefined,
) => {
  const ownerOf = ownersIn([host, ...rows], host.pid, startedFor)
  return Object.fromEntries(rows.map((each) => [each.pid, ownerOf(each)]))
}

test("whose a process is its own mark tells, whatever script that is in", () => {
  const bytes = Buffer.from("MESHFLEET_AGENT=prüfer-1").toString("latin1")
  expect(
    owners([row(20, { environment: of("a-1"), parent: 10 }), row(21, { environment: [bytes] })]),
  ).toEqual({ 20: "a-1", 21: "prüfer-1" })
})

test("without a mark, what it came from tells, then who is in its session", () => {
  expect(
    owners([
      row(20, { environment: of("a-1"), parent: 10 }),
      row(21, { parent: 20 }),
      row(22, { parent: 21 }),
      row(23, { session: 20 }),
      row(24),
    ]),
  ).toEqual({ 20: "a-1", 21: "a-1", 22: "a-1", 23: "a-1", 24: undefined })
})

test("what OpenCode runs for itself is no agent's, nor what comes from it", () => {
  const server = row(30, { parent: 10, environment: ["MESHFLEET_HOST=hst_1"] })
  expect(owners([server, row(31, { parent: 30 })], () => "a-1")).toEqual({ 30: null, 31: null })
})

test("else the time it began: whose shell alone was running then, if it was one's alone", () => {
  let at = 100
  const runs = createShellRuns(() => at)
  runs.begin("c1", "a-1")
  at = 200
  runs.end("c1")
  at = 300
  runs.begin("c2", "a-1")
  runs.begin("c3", "b-1")
  at = 400
  runs.end("c2")
  at = 500
  runs.endAll("b-1")
  at = 900
  expect([99, 100, 150, 202, 250, 350, 450, 600].map((each) => runs.agentAt(each))).toEqual([
    "a-1",
    "a-1",
    "a-1",
    "a-1",
    undefined,
    undefined,
    "b-1",
    undefined,
  ])
  expect(owners([row(20, { startedAt: 150 }), row(21, { startedAt: 350 })], runs.agentAt)).toEqual({
    20: "a-1",
    21: undefined,
  })
})

test("from a host comes what has its lineage or mark, and their children, but nothing of another host", () => {
  const other = { lineage: lineageOf("hst_2") }
  const table = [
    host,
    row(20),
    row(21, { lineage: undefined, environment: of("a-1") }),
    row(22, { lineage: undefined, parent: 21 }),
    row(23, { lineage: undefined }),
    row(30, { ...other, parent: 10, environment: ["MESHFLEET_HOST=hst_2"] }),
    row(31, { ...other, parent: 30 }),
    // A host whose shell could not set a limit still has its own mark.
    row(32, { parent: 10, environment: ["MESHFLEET_HOST=hst_3"] }),
  ]
  expect(
    offspringIn(table, "hst_1", ["MESHFLEET_HOST=hst_1", "MESHFLEET_AGENT=a-1"])
      .map(({ pid }) => pid)
      .toSorted((a, b) => a - b),
  ).toEqual([10, 20, 21, 22])
})
