import { expect, test } from "bun:test"
import { admit } from "../../../plugin/mesh/fleets/admission.ts"

const gibibyte = 1024 ** 3
const small = { cores: 2, freeBytes: 1 * gibibyte }
const large = { cores: 16, freeBytes: 64 * gibibyte }

test("isolation auto takes hosts as cores and memory allow, never fewer than four, and shares them then", () => {
  expect(admit("auto", small, undefined)).toEqual({ maxParallel: 4, hostLimit: 4 })
  expect(admit("auto", large, undefined)).toEqual({ maxParallel: 64, hostLimit: 32 })
})

test("isolation process gives every agent at work a host, isolation shared gives the fleet one", () => {
  expect(admit("process", large, undefined)).toEqual({ maxParallel: 32, hostLimit: 32 })
  expect(admit("process", small, 3)).toEqual({ maxParallel: 3, hostLimit: 3 })
  expect(admit("shared", large, undefined)).toEqual({ maxParallel: 64, hostLimit: 1 })
})

test("what the caller asked for holds, and no more hosts than agents at work", () => {
  expect(admit("auto", large, 2)).toEqual({ maxParallel: 2, hostLimit: 2 })
  expect(admit("auto", small, 50)).toEqual({ maxParallel: 50, hostLimit: 4 })
})

test("a further fleet gets what the others on the machine were not promised, and never less than one host", () => {
  const mid = { cores: 8, freeBytes: 16 * gibibyte }
  expect(admit("process", mid, undefined).hostLimit).toBe(16)
  // Ten hosts promised and none of them up: 5.9 GB less, and six places by the cores.
  expect(admit("process", mid, undefined, { promised: 10, running: 0, idle: 0 }).hostLimit).toBe(6)
  expect(admit("process", { cores: 32, freeBytes: 16 * gibibyte }, undefined).hostLimit).toBe(16)
  expect(
    admit("process", { cores: 32, freeBytes: 16 * gibibyte }, undefined, {
      promised: 10,
      running: 0,
      idle: 0,
    }).hostLimit,
  ).toBe(10)
  // What runs is missing from the free memory but for its way from idle to busy.
  expect(
    admit("process", { cores: 32, freeBytes: 16 * gibibyte }, undefined, {
      promised: 10,
      running: 10,
      idle: 0,
    }).hostLimit,
  ).toBe(13)
  expect(admit("auto", small, undefined, { promised: 4, running: 4, idle: 0 })).toEqual({
    maxParallel: 4,
    hostLimit: 1,
  })
})

test("hosts that stay without work take nothing from a further fleet", () => {
  const mid = { cores: 32, freeBytes: 10 * gibibyte }
  const none = { promised: 0, running: 0, idle: 0 }
  expect(admit("process", mid, undefined, none).hostLimit).toBe(10)
  expect(admit("process", mid, undefined, { ...none, idle: 8 }).hostLimit).toBe(12)
})

test("servers that each host starts leave room for fewer hosts", () => {
  const mid = { cores: 32, freeBytes: 16 * gibibyte }
  expect(admit("process", { ...mid, extrasBytes: 600 * 1024 * 1024 }, undefined).hostLimit).toBe(8)
})
