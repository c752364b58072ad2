import { afterEach, beforeEach, describe, jest, test } from "bun:test"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createFileLeases } from "../../../plugin/system/file-leases.ts"
import { createMemoryLeases } from "../support/leases.ts"
import { leasesContract } from "./leases-contract.ts"

describe("leases that are lock files", () => {
  let home: string
  beforeEach(() => {
    jest.useFakeTimers()
    home = mkdtempSync(join(tmpdir(), "meshfleet-leases-"))
  })
  afterEach(() => {
    jest.useRealTimers()
    rmSync(home, { recursive: true, force: true })
  })
  /** It is noticed when the lease is to be renewed. */
  const takeAway = (fleetId: string) => {
    rmSync(join(home, "leases", `${fleetId}.lock`), { recursive: true })
    jest.advanceTimersByTime(2000)
  }
  for (const [title, run] of Object.entries(leasesContract))
    test(title, () => run({ leases: createFileLeases(home), takeAway }))
})

describe("the leases in memory of the unit tests", () => {
  for (const [title, run] of Object.entries(leasesContract))
    test(title, () => {
      const { port, lose } = createMemoryLeases()
      return run({ leases: port, takeAway: lose })
    })
})
