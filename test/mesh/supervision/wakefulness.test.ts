import { expect, test } from "bun:test"
import {
  asleepMs,
  awakeMs,
  createWakefulness,
} from "../../../plugin/mesh/supervision/wakefulness.ts"
import { createClock } from "../support/clock.ts"

const start = 1_000_000
const open = (lookMs?: number) => {
  const clock = createClock(start)
  return { clock, wakefulness: createWakefulness(clock.now, 5000, lookMs) }
}

test("what happened before a process began is nothing it was awake for", () => {
  const { clock, wakefulness } = open()
  clock.advance(3000)
  expect(awakeMs(start - 60_000, clock.now(), wakefulness.sleeps())).toBe(3000)
  expect(wakefulness.since()).toBe(start)
  expect(wakefulness.isRested(30_000)).toBe(true)
  wakefulness.close()
})

test("a gap that its own timer leaves is a sleep, a late timer is none", () => {
  const { clock, wakefulness } = open()
  clock.advance(5900)
  expect(wakefulness.sleeps()).toHaveLength(1)
  clock.advance(6000)
  expect(wakefulness.sleeps().slice(1)).toEqual([{ from: start + 6900, until: start + 11_900 }])
  expect(wakefulness.since()).toBe(start + 11_900)
  expect([wakefulness.isRested(1), wakefulness.isRested(0)]).toEqual([false, true])
  clock.advance(4000)
  expect(wakefulness.isRested(4000)).toBe(true)
  wakefulness.close()
})

test("its timer looks while nobody asks", async () => {
  const { clock, wakefulness } = open(5)
  for (let second = 0; second < 10; second++) {
    clock.advance(1000)
    await Bun.sleep(15)
  }
  expect(wakefulness.sleeps()).toHaveLength(1)
  wakefulness.close()
})

test("a clock that is set back is no sleep", () => {
  const { clock, wakefulness } = open()
  clock.advance(-3_600_000)
  wakefulness.since()
  clock.advance(1000)
  expect(wakefulness.sleeps()).toHaveLength(1)
  wakefulness.close()
})

test("only what of a sleep lies between two instants is left out", () => {
  const sleeps = [
    { from: 100, until: 200 },
    { from: 300, until: 400 },
  ]
  expect([
    asleepMs(0, 500, sleeps),
    asleepMs(150, 350, sleeps),
    asleepMs(200, 300, sleeps),
  ]).toEqual([200, 100, 0])
  expect(awakeMs(150, 350, sleeps)).toBe(100)
})
