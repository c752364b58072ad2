import { expect, test } from "bun:test"
import { createPace } from "../../../plugin/tui/view/pace.ts"

test("so many at once after a rest, then one each so many ms, however often it is asked", () => {
  let at = 0
  const pace = createPace({ everyMs: 5000, atOnce: 2 }, () => at)
  const takenAt: number[] = []
  for (; at < 12_000; at += 250) if (pace.take()) takenAt.push(at)
  expect(takenAt).toEqual([0, 250, 5000, 10_000])
  at += 60_000
  expect([pace.take(), pace.take(), pace.take()]).toEqual([true, true, false])
})

test("a clock that is set back takes nothing away", () => {
  let at = 10_000
  const pace = createPace({ everyMs: 1000, atOnce: 1 }, () => at)
  expect(pace.take()).toBe(true)
  at = 0
  expect(pace.take()).toBe(false)
  at = 1000
  expect(pace.take()).toBe(true)
})
