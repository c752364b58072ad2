import { afterEach, beforeEach, describe, test } from "bun:test"
import { freshDatabase, postgresOrTold } from "../../../support/postgres.ts"
import { ledgerContract } from "../ledger-contract.ts"
import { postgresPlace } from "./place.ts"

const server = await postgresOrTold(import.meta.path)

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
}
