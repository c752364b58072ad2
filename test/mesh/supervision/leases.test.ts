import { afterEach, beforeEach, describe, test } from "bun:test"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createFileLeases } from "../../../plugin/system/file-leases.ts"
import { createMemoryLeases } from "../support/leases.ts"
import { leasesContract } from "./leases-contract.ts"

describe("leases that are lock files", () => {
  let home: string
  beforeEach(() => void (home = mkdtempSync(join(tmpdir(), "meshfleet-leases-"))))
  afterEach(() => rmSync(home, { recursive: true, force: true }))
  const takeAway = (fleetId: string) =>
    rmSync(join(home, "leases", `${fleetId}.lock`), { recursive: true })
  for (const [title, run] of Object.entries(leasesContract))
    test(title, () => run({ leases: createFileLeases(home), takeAway }), 20_000)
})

describe("the leases in memory of the unit tests", () => {
  for (const [title, run] of Object.entries(leasesContract))
    test(title, () => {
      const { port, lose } = createMemoryLeases()
      return run({ leases: port, takeAway: lose })
    })
})
