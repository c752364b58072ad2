import { afterEach, beforeEach, describe, expect, jest, test } from "bun:test"
import { mkdtempSync, rmSync, statSync, utimesSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createFileLeases } from "../../plugin/system/file-leases.ts"
import { startChild } from "../support/child.ts"
import { leasesOfProcesses } from "./leases-of-processes.ts"

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "meshfleet-leases-"))
})
afterEach(() => {
  jest.useRealTimers()
  rmSync(home, { recursive: true, force: true })
})
const nothing = () => undefined

test("one holder at a time, in this process and among others, per fleet", async () => {
  const other = startChild("hold-lease", [home, "flt_2"])
  const leases = createFileLeases(home)
  const lease = await leases.acquire("flt_1", nothing)
  try {
    await other.says("holding")
    expect(lease).toBeDefined()
    expect(await leases.acquire("flt_1", nothing)).toBeUndefined()
    expect(await leases.acquire("flt_2", nothing)).toBeUndefined()
    expect(statSync(join(home, "leases")).mode & 0o777).toBe(0o700)
    const refused = startChild("hold-lease", [home, "flt_1"])
    try {
      await refused.says("refused")
    } finally {
      refused.kill()
      await refused.ended
    }
  } finally {
    other.kill()
    await lease?.release()
  }
})

test("releasing gives it to the next, and twice is the same as once", async () => {
  const leases = createFileLeases(home)
  const lost: string[] = []
  const first = await leases.acquire("flt_1", () => lost.push("first"))
  await first!.release()
  const second = await leases.acquire("flt_1", nothing)
  await first!.release()
  expect(second).toBeDefined()
  expect(await leases.acquire("flt_1", nothing)).toBeUndefined()
  await second!.release()
  expect(lost).toEqual([])
})

test("the lease of a killed holder is free within ten seconds", async () => {
  const holder = startChild("hold-lease", [home, "flt_1"])
  const leases = createFileLeases(home)
  try {
    await holder.says("holding")
    holder.kill()
    await holder.ended
    expect(await leases.acquire("flt_1", nothing)).toBeUndefined()
    // A lease is as old as its last renewal: so it looks ten seconds later.
    const renewedAt = Date.now() / 1000 - 10
    utimesSync(join(home, "leases", "flt_1.lock"), renewedAt, renewedAt)
    const lease = await leases.acquire("flt_1", nothing)
    expect(lease).toBeDefined()
    await lease!.release()
  } finally {
    holder.kill()
  }
})

test("a holder whose lease was taken away is told once, at its next renewal", async () => {
  jest.useFakeTimers()
  const { promise, resolve } = Promise.withResolvers<void>()
  let times = 0
  const lease = await createFileLeases(home).acquire("flt_1", () => {
    times++
    resolve()
  })
  rmSync(join(home, "leases", "flt_1.lock"), { recursive: true })
  jest.advanceTimersByTime(2000)
  await promise
  await lease!.release()
  expect(times).toBe(1)
})

describe("between processes that share lock files", () => {
  for (const [title, run] of Object.entries(leasesOfProcesses))
    test(title, () => run({ leases: () => createFileLeases(home), name: home }))
})
