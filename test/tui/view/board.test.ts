import { expect, test } from "bun:test"
import { widthOf } from "../../../plugin/cli/render/render-text.ts"
import { boardRows, chosenRow, moveChoice, scrollTo } from "../../../plugin/tui/view/board.ts"
import { plain } from "../../../plugin/tui/view/line.ts"
import { agent, at, fleet, nasty, question, snapshot } from "./shown.ts"

const options = { columns: 100, toggled: new Set<string>() }
const ended = fleet([agent("old", { status: "complete", agent_id: "old-0002" })], {
  fleet_id: "flt_0",
  name: "earlier",
  status: "complete",
  completed_at: new Date(at - 60_000).toISOString(),
} as object)

test("questions come first, then running fleets with their agents, then ended ones as one line", () => {
  const shown = snapshot([fleet([agent("mapper")]), ended], [question("pusher", "git push")])
  expect(boardRows(shown, at, options).map(({ kind, key }) => `${kind} ${key}`)).toEqual([
    "heading heading Waiting for you",
    "question ask_pusher",
    "heading heading ",
    "fleet flt_1",
    "agent mapper-0001",
    "fleet flt_0",
  ])
})

test("a fleet with a board says how it stands; a narrow row keeps the fleet's id", () => {
  const shown = snapshot([fleet([agent("mapper")], { board: "2 of 7 done, 2 claimed" })])
  const line = (columns: number) => plain(boardRows(shown, at, { ...options, columns })[0]!.line)
  expect(line(100)).toContain("1 at work · 12k · $0.25 · tasks: 2 of 7 done, 2 claimed ")
  expect(line(60)).toEndWith(" running 3m  flt_1 ")
  expect(widthOf(line(60))).toBeLessThanOrEqual(60)
})

test("a fleet is opened and closed by its row", () => {
  const shown = snapshot([fleet([agent("mapper")]), ended])
  const toggled = new Set(["flt_1", "flt_0"])
  const rows = boardRows(shown, at, { ...options, toggled })
  expect(rows.filter(({ kind }) => kind === "agent").map(({ key }) => key)).toEqual(["old-0002"])
})

test("a row tells state, age, tokens, cost, unread mail and what is done; a narrow one leaves figures out", () => {
  const shown = snapshot([fleet([agent("mapper", { unread: 3 })])])
  const line = (columns: number) => plain(boardRows(shown, at, { ...options, columns })[1]!.line)
  expect(line(100)).toBe("  ● mapper   works      2m    12k   $0.25   ✉3  reading mapper.ts")
  expect(line(60)).toBe("  ● mapper   works      2m   ✉3  reading mapper.ts")
})

test("the choice stays with its row when others come and go, and never rests on a heading", () => {
  const before = boardRows(snapshot([fleet([agent("a"), agent("b")])]), at, options)
  const chosen = chosenRow(before, "b-0001", 0)
  expect(before[chosen]!.key).toBe("b-0001")
  const after = boardRows(
    snapshot([fleet([agent("a"), agent("b")])], [question("a", "git push")]),
    at,
    options,
  )
  expect(after[chosenRow(after, "b-0001", chosen)]!.key).toBe("b-0001")
  expect(after[chosenRow(after, "gone", 0)]!.key).toBe("ask_a")
  expect(after[moveChoice(after, 1, 1)]!.key).toBe("flt_1")
  expect(moveChoice(after, 1, -5)).toBe(1)
  expect(chosenRow([], undefined, 0)).toBe(-1)
})

test("the list moves only as far as the choice needs", () => {
  expect(scrollTo(0, 4, 50, 10)).toBe(0)
  expect(scrollTo(0, 12, 50, 10)).toBe(3)
  expect(scrollTo(20, 15, 50, 10)).toBe(15)
  expect(scrollTo(45, 49, 50, 10)).toBe(40)
  expect(scrollTo(5, 1, 50, 10)).toBe(0)
})

test("whatever agents write, no row is wider than the window or steers a terminal", () => {
  const agents = nasty.map((text, index) => agent(`a${index}`, { name: text, activity: text }))
  const shown = snapshot(
    [fleet(agents, { name: nasty[1]! })],
    nasty.map((text, index) => ({ ...question(`a${index}`, text), agent: text, wanted: text })),
  )
  for (const columns of [20, 60, 100, 200])
    for (const { line } of boardRows(shown, at, { ...options, columns })) {
      expect(widthOf(plain(line))).toBeLessThanOrEqual(columns)
      expect(plain(line)).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u200b-\u200f\u061c]/u)
    }
})
