import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { openPostgresLedger } from "../../../../plugin/mesh/ledger/postgres/ledger.ts"
import { asAdmin, freshDatabase, postgresOrTold } from "../../../support/postgres.ts"
import { ledgerContract } from "../contract.ts"
import { checkUnderNode, modernNode } from "../modern-node.ts"
import { postgresPlace } from "./place.ts"

const server = await postgresOrTold(import.meta.path)

const node = await modernNode()

if (server && node)
  test("on Postgres a ledger keeps its contract under Node too", async () => {
    const { stdout, failures, status } = await checkUnderNode(node, server)
    expect(failures).toBe("")
    expect(stdout.trim().split("\n")).toHaveLength(Object.keys(ledgerContract).length)
    expect(status).toBe(0)
  })

if (server) {
  let database: Awaited<ReturnType<typeof freshDatabase>>
  beforeEach(async () => {
    database = await freshDatabase(server)
  })
  afterEach(() => database.drop())

  describe("on Postgres a ledger", () => {
    for (const [title, run] of Object.entries(ledgerContract))
      test(title, () => run(postgresPlace(database.address)))
  })

  test("a commit waits until the server has written it down, whatever the server is set to", async () => {
    const asked = async (setting: string) => {
      await asAdmin(database.address, setting)
      const ledger = await openPostgresLedger(database.address)
      const { synchronous_commit } = await ledger.transact(
        async (tx) => (await tx.get<{ synchronous_commit: string }>("SHOW synchronous_commit"))!,
      )
      await ledger.close()
      return synchronous_commit
    }
    const name = new URL(database.address).pathname.slice(1)
    expect(await asked(`ALTER DATABASE ${name} SET synchronous_commit = off`)).toBe("on")
    expect(await asked(`ALTER DATABASE ${name} SET synchronous_commit = local`)).toBe("local")
  })
}
