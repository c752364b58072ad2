import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { freshDatabase, postgresOrTold } from "../../../support/postgres.ts"
import { ledgerContract } from "../contract.ts"
import { checkUnderNode, modernNode } from "../modern-node.ts"
import { postgresPlace } from "./place.ts"

const server = await postgresOrTold(import.meta.path)

const node = modernNode()

if (server && node)
  test("on Postgres a ledger keeps its contract under Node too", () => {
    const { stdout, failures, status } = checkUnderNode(node, server)
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
}
