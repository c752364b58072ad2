import { expect, test } from "bun:test"
import { widthOf } from "../../../plugin/cli/render/render-text.ts"
import { plain } from "../../../plugin/tui/view/line.ts"
import { renderPanel } from "../../../plugin/tui/view/panel.ts"
import { agent, at, fleet, nasty, question, snapshot } from "./shown.ts"

const size = { columns: 37, rows: 30 }
const shown = (...args: Parameters<typeof snapshot>) =>
  renderPanel(snapshot(...args), at, size).map(plain)

test("a session without a fleet has no panel", () => {
  expect(shown([])).toEqual([])
})

test("each agent says how it stands, what it does, its age, tokens and cost, and the last line sums up", () => {
  const agents = [
    agent("mapper", { unread: 2 }),
    agent("maker", { status: "complete", activity: null }),
  ]
  expect(shown([fleet(agents)])).toEqual([
    "parser-review                      3m",
    "● mapper              2m 12k $0.25 ✉2",
    "  reading mapper.ts",
    "✓ maker                  2m 12k $0.25",
    "1 at work · 1 done · 25k · $0.50 · ✉2",
  ])
})

test("how the board of a fleet stands is one line, which costs its agents one", () => {
  const board = "2 of 7 done, 2 claimed, 1 in review, 1 blocked"
  const agents = [agent("mapper"), agent("maker"), agent("tester"), agent("writer")]
  expect(shown([fleet([agents[0]!], { board })]).slice(0, 3)).toEqual([
    "parser-review                      3m",
    "tasks: 2 of 7 done, 2 claimed, 1 in …",
    "● mapper                 2m 12k $0.25",
  ])
  for (const rows of [6, 7, 8]) {
    const low = { columns: 37, rows }
    const lines = renderPanel(snapshot([fleet(agents, { board })]), at, low)
    expect(lines.length).toBeLessThanOrEqual(Math.max(rows, 6))
  }
})

test("what waits for a person stands on top, and who asks comes first", () => {
  const asking = agent("pusher", {
    blocked_on: "permission: bash git push",
    question_id: "ask_pusher",
  } as object)
  const lines = shown(
    [fleet([agent("mapper"), asking])],
    [question("pusher", "git push origin main --force")],
  )
  expect(lines.slice(0, 5)).toEqual([
    "? pusher asks",
    "  permission: bash git push origin",
    "  main --force",
    "  type /fleets to answer",
    "parser-review                      3m",
  ])
  expect(lines[5]).toStartWith("? pusher")
})

test("who is stuck says why: failed, silent, without a process, resting", () => {
  const agents = [
    agent("calm"),
    agent("failed", {
      status: "failed",
      error: { code: "TIMEOUT", detail: "after 10 minutes" },
    } as object),
    agent("silent", { silent_ms: 720_000 } as object),
    agent("lost", { host_alive: false }),
  ]
  const text = shown([fleet(agents)]).join("\n")
  expect(text).toContain("failed: TIMEOUT: after 10 minutes")
  expect(text).toContain("silent: for 12m 00s")
  expect(text).toContain("lost: its process is gone")
  expect(text.indexOf("✗ failed")).toBeLessThan(text.indexOf("● calm"))
})

test("64 agents fold: those that need somebody stay, the rest is counted", () => {
  const agents = Array.from({ length: 64 }, (_, index) => agent(`worker-${index}`))
  agents[63] = agent("last", { silent_ms: 900_000 } as object)
  const lines = shown([fleet(agents)])
  expect(lines.length).toBeLessThanOrEqual(size.rows)
  expect(lines[1]).toStartWith("! last")
  expect(lines.at(-2)).toMatch(/^… \d+ more: \d+ works$/)
  expect(lines.at(-1)).toStartWith("1 stuck · 63 at work")
})

test("an ended fleet beside a running one takes its first line and what is folded", () => {
  const ended = fleet(
    [agent("old", { status: "complete" }), agent("older", { status: "complete" })],
    {
      status: "complete",
      completed_at: new Date(at - 60_000).toISOString(),
    } as object,
  )
  const lines = shown([fleet([agent("mapper")]), ended])
  expect(lines).toContainEqual(expect.stringMatching(/^parser-review +complete 2m$/))
})

test("whatever agents write, no line is wider than its place or steers a terminal", () => {
  const agents = nasty.map((text, index) =>
    agent(`a${index}`, { name: text, activity: text, blocked_on: index % 2 ? text : null }),
  )
  const asked = nasty.map((text, index) => ({
    ...question(`a${index}`, text),
    agent: text,
    wanted: text,
  }))
  for (const columns of [8, 20, 37, 80])
    for (const line of renderPanel(snapshot([fleet(agents, { name: nasty[3]! })], asked), at, {
      columns,
      rows: 40,
    })) {
      expect(widthOf(plain(line))).toBeLessThanOrEqual(columns)
      expect(plain(line)).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u200b-\u200f\u061c]/u)
    }
})
