import { expect, test } from "bun:test"
import { boardRows } from "../../../plugin/tui/view/board.ts"
import { detailLines, questionLines, tameLines } from "../../../plugin/tui/view/details.ts"
import { plain } from "../../../plugin/tui/view/line.ts"
import { agent, at, fleet, nasty, question, snapshot } from "./shown.ts"

test("a permission is shown whole: each pattern, and what OpenCode tells of it", () => {
  const asked = {
    ...question("pusher", "git push origin main"),
    request: {
      permission: "edit",
      patterns: ["a.ts", "b.ts"],
      always: [],
      metadata: { filepath: "a.ts", diff: "-old\n+new", empty: {} },
    },
  }
  expect(questionLines(asked)).toEqual([
    "edit a.ts",
    "edit b.ts",
    "filepath: a.ts",
    "diff:",
    "  -old",
    "  +new",
  ])
})

test("a chosen agent says what it is, how it stands and what it last did", () => {
  const rows = boardRows(snapshot([fleet([agent("mapper", { attempts: 2, unread: 1 })])]), at, {
    columns: 80,
    toggled: new Set(),
  })
  expect(detailLines(rows[1], 80).map(plain)).toEqual([
    "mapper  mapper, build  mapper-0001",
    "works: reading mapper.ts",
    "last tool read  ·  attempt 2  ·  1 unread",
  ])
  expect(detailLines(undefined, 80)).toEqual([])
})

test("long and steering texts are cut and tamed, and say that there is more", () => {
  for (const text of nasty) expect(tameLines(text).join("\n")).not.toMatch(/(?!\n)\p{Cc}/u)
  expect(tameLines("line\n".repeat(500)).at(-1)).toStartWith("… more")
  expect(tameLines("x".repeat(65_536)).join("").length).toBeLessThan(21_000)
})
