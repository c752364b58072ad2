import { expect, test } from "bun:test"
import { type Outcome, percentile, renderFigures } from "../../chaos/figures.ts"

const outcome = (more: Partial<Outcome>): Outcome => ({
  kills: 0,
  messages: 0,
  lost: 0,
  duplicated: 0,
  withoutEnd: 0,
  leftBehind: 0,
  violations: [],
  recovery: { killed: [], frozen: [], lease: [] },
  ...more,
})

test("a percentile is a value that was measured", () => {
  const values = Array.from({ length: 20 }, (_, index) => 20 - index)
  expect([percentile(values, 0.5), percentile(values, 0.95), percentile(values, 1)]).toEqual([
    10, 19, 20,
  ])
})

test("the last line adds up the rounds", () => {
  const rounds = [
    outcome({
      kills: 3,
      messages: 40,
      recovery: { killed: [6000, 8000], frozen: [], lease: [7000] },
    }),
    outcome({ kills: 2, messages: 60, lost: 1, violations: ["msg_1 for ada is in no request"] }),
  ]
  expect(renderFigures(rounds)).toBe(
    "rounds 2 · failed 1 · kills 5 · messages 100 · lost 1 · duplicated 0 · without end state 0 · left behind 0" +
      " · host death to next request p50 6.0 p95 8.0 worst 8.0 s (2)" +
      " · freeze to next request none" +
      " · supervisor death to next holder p50 7.0 p95 7.0 worst 7.0 s (1)",
  )
})
