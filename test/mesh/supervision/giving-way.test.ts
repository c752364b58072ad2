import { expect, test } from "bun:test"
import { givingWay, type IdleHost, type Room } from "../../../plugin/mesh/supervision/giving-way.ts"

const at = 1_000_000
const mebibyte = 1024 ** 2
const limits = { memoryReserveBytes: 1024 * mebibyte, lingerMs: 10_000 }
const idle = (id: string, forMs: number) =>
  ({ id, idle_since: at - forMs, created_at: 1 }) as IdleHost
const hosts = [idle("young", 500), idle("old", 60_000), idle("middle", 20_000)]

const chosen = (freeMb: number, more: Partial<Room> = {}, starts = 0) => {
  const room = {
    freeBytes: freeMb * mebibyte,
    extrasBytes: 0,
    idle: hosts,
    starting: 0,
    leaving: 0,
    ...more,
  }
  const { count, candidates } = givingWay(room, starts, at, limits)
  return candidates.slice(0, count).map(({ id }) => id)
}

test("nobody gives way while there is memory for all", () => {
  expect(chosen(1024)).toEqual([])
  expect(chosen(1624, {}, 1)).toEqual([])
})

test("below the reserve the longest idle go first, as many as it takes, and none within its linger", () => {
  expect(chosen(1023)).toEqual(["old"])
  expect(chosen(700)).toEqual(["old", "middle"])
  expect(chosen(0)).toEqual(["old", "middle"])
})

test("a host that is to be started, or comes up, makes room for itself", () => {
  expect(chosen(1400, {}, 1)).toEqual(["old"])
  expect(chosen(1400, { starting: 1 })).toEqual(["old"])
  expect(chosen(1400, { extrasBytes: 600 * mebibyte }, 1)).toEqual(["old"])
})

test("for a start a host goes a second after its answer", () => {
  const just = [idle("new", 999), idle("done", 1000)]
  expect(chosen(500, { idle: just }, 1)).toEqual(["done"])
  expect(chosen(500, { idle: just })).toEqual([])
})

test("what others give back already is not asked for again", () => {
  expect(chosen(1023, { leaving: 1 })).toEqual([])
  expect(chosen(700, { leaving: 1 })).toEqual(["old"])
})
