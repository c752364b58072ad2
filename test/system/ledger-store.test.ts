import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createLedgerStore, ledgerPlace } from "../../plugin/system/ledger-store.ts"
import { expectFailure } from "../mesh/support/errors.ts"
import { asAdmin, freshDatabase, postgresOrTold } from "../support/postgres.ts"

const nothing = () => undefined

test("the ledger is a file of the mesh home, unless the setting says otherwise", () => {
  expect(ledgerPlace("/mesh", undefined)).toBe("/mesh/mesh.db")
  expect(ledgerPlace("/mesh", "other.db")).toBe("/mesh/other.db")
  expect(ledgerPlace("/mesh", "/data/mesh.db")).toBe("/data/mesh.db")
  expect(ledgerPlace("/mesh", "postgres://me@h/d")).toBe("postgres://me@h/d")
})

describe("a ledger in a file", () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "meshfleet-store-"))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  test("has its leases beside it, so that whoever shares it shares them", async () => {
    const store = createLedgerStore(join(folder, "data", "mesh.db"))
    const ledger = await store.open()
    const lease = await store.leases.acquire("flt_1", nothing)
    expect(lease).toBeDefined()
    expect(existsSync(join(folder, "data", "leases"))).toBe(true)
    const other = createLedgerStore(join(folder, "data", "mesh.db"))
    expect(await other.leases.acquire("flt_1", nothing)).toBeUndefined()
    await lease!.release()
    await ledger.close()
  })
})

const server = await postgresOrTold(import.meta.path)

if (server)
  test("a ledger in a database has its leases there, once it is open", async () => {
    const database = await freshDatabase(server)
    const store = createLedgerStore(database.address)
    await expectFailure(() => store.leases.acquire("flt_1", nothing), "LEDGER_UNAVAILABLE")
    const ledger = await store.open()
    const lease = await store.leases.acquire("flt_1", nothing)
    expect(await asAdmin(database.address, "SELECT fleet_id FROM meshfleet.leases")).toEqual([
      { fleet_id: "flt_1" },
    ])
    await lease!.release()
    await ledger.close()
    await database.drop()
  })
