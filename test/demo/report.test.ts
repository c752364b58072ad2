import { expect, test } from "bun:test"
import { renderCheck, renderResult } from "../../demo/report.ts"
import type { AgentRow } from "../../plugin/mesh/ledger/tables/rows.ts"

const row = (fields: Partial<AgentRow>) =>
  ({
    name: "maker",
    agent: "minimal-change-engineer",
    status: "complete",
    attempts: 2,
    output: "Added it.",
    partial: null,
    started_at: 1000,
    ended_at: 26_800,
    tokens: 55_590,
    ...fields,
  }) as AgentRow

test("a result stands under who it was and what it took", () => {
  expect(renderResult(row({}))).toBe(
    "maker  minimal-change-engineer · complete · 25.8 s · 2 attempts · 55,590 tokens\n    Added it.",
  )
})

test("an agent without an answer shows what it had said so far", () => {
  const failed = row({ status: "failed", output: null, partial: "Half of it.", attempts: 1 })
  expect(renderResult(failed)).toEndWith("tokens\n    Half of it.")
})

test("a long answer is cut, and says how much is missing", () => {
  const lines = renderResult(row({ output: "line\n".repeat(20) })).split("\n")
  expect(lines).toHaveLength(16)
  expect(lines.at(-1)).toBe("    … 6 more lines")
})

test("a check says whether it holds, and from what it knows", () => {
  const check = { title: "no process is left", ok: false, detail: "4711" }
  expect(renderCheck(check, false)).toBe("  ✗ no process is left  (4711)")
})
