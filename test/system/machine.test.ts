import { expect, test } from "bun:test"
import { parseVmStat, readMachine } from "../../plugin/system/machine.ts"

test("a machine has cores and memory that can be had", () => {
  const { cores, freeBytes } = readMachine()
  expect(cores).toBeGreaterThan(0)
  expect(freeBytes).toBeGreaterThan(0)
})

test("on macOS memory that can be dropped counts as free", () => {
  const text = `Mach Virtual Memory Statistics: (page size of 16384 bytes)
Pages free:                               10.
Pages active:                         500000.
Pages inactive:                          100.
Pages speculative:                         5.
Pages throttled:                           0.
Pages wired down:                     100000.
Pages purgeable:                           1.
`
  expect(parseVmStat(text)).toBe(116 * 16384)
  expect(parseVmStat("vm_stat: no")).toBeUndefined()
})
