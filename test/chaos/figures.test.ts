import { expect, test } from "bun:test"
import { type Outcome, percentile, renderFigures } from "../../chaos/figures.ts"
import { renderRecord } from "../../chaos/record.ts"

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

test("the record has a row for each kind of round and one for all, real hosts apart from stand-ins", () => {
  const rounds = [
    {
      ...outcome({ kills: 3, messages: 40, recovery: { killed: [6000], frozen: [], lease: [] } }),
      kind: "random" as const,
      tookMs: 30_000,
    },
    {
      ...outcome({ kills: 6, leftBehind: 1, violations: ["process 7 is left behind"] }),
      kind: "stand-in" as const,
      tookMs: 9000,
    },
  ]
  expect(renderRecord(rounds).split("\n")).toEqual([
    "| rounds | number | held | kills | messages | lost | doubled | no end | left | s a round, p50 | worst |",
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    "| random | 1 | 1 | 3 | 40 | 0 | 0 | 0 | 0 | 30.0 | 30.0 |",
    "| stand-in | 1 | 0 | 6 | 0 | 0 | 0 | 0 | 1 | 9.0 | 9.0 |",
    "| all | 2 | 1 | 9 | 40 | 0 | 0 | 0 | 1 | 9.0 | 30.0 |",
    "",
    "| recovery | number | p50 | p95 | worst |",
    "| --- | --- | --- | --- | --- |",
    "| host killed, to the agent's next request (real) | 1 | 6.0 s | 6.0 s | 6.0 s |",
  ])
})
