import { expect, test } from "bun:test"
import { kindsOf, standingOf } from "../../../plugin/web/page/standing.ts"

test("needs are counted by their kind, in the order they are shown", () => {
  expect(
    kindsOf([
      { kind: "question" },
      { kind: "question" },
      { kind: "stalled" },
      { kind: "failed" },
      { kind: "failed" },
    ]),
  ).toBe("2 ask you, 1 has stalled, 2 have failed")
  expect(kindsOf([])).toBe("")
})

test("agents are counted by what they do, and all of them are said", () => {
  expect(
    standingOf([
      { state: "running" },
      { state: "starting" },
      { state: "queued" },
      { state: "failed" },
    ]),
  ).toBe("4 agents: 1 at work, 2 to begin, 1 failed")
  expect(standingOf([{ state: "waiting" }])).toBe("1 agent: 1 waiting")
  expect(standingOf([])).toBe("")
})
