import { migrations } from "../../../../plugin/mesh/ledger/migrations.ts"
import { openPostgresLedger } from "../../../../plugin/mesh/ledger/postgres/ledger.ts"
import { schemaForPostgres } from "../../../../plugin/mesh/ledger/postgres/schema-sql.ts"
import { beginAlone } from "../../../../plugin/mesh/ledger/postgres/begin-alone.ts"
import { asAdmin, connectAdmin } from "../../../support/postgres.ts"
import type { LedgerPlace } from "../contract.ts"

/** A database of Postgres that nobody has used yet. */
export const postgresPlace = (address: string): LedgerPlace => ({
  open: (options) => openPostgresLedger(address, options),
  async lock() {
    const other = await connectAdmin(address)
    await other.query(beginAlone(1000))
    return async () => {
      await other.query("COMMIT")
      await other.end()
    }
  },
  makeForeign: async () => {
    await asAdmin(address, "CREATE SCHEMA meshfleet", "CREATE TABLE meshfleet.meta (notes TEXT)")
  },
  makeVersion: async (version) => {
    await asAdmin(
      address,
      "CREATE SCHEMA meshfleet",
      "SET search_path = meshfleet",
      "CREATE TABLE meta (application TEXT NOT NULL, version BIGINT NOT NULL)",
      `INSERT INTO meta VALUES ('meshfleet', ${version})`,
      ...migrations.slice(0, version).map(schemaForPostgres),
    )
  },
  put: async (sql) => void (await asAdmin(address, "SET search_path = meshfleet", sql)),
  contents: () =>
    asAdmin(
      address,
      `SELECT n.nspname, c.relname, c.relfilenode, a.attname, a.xmin::text FROM pg_namespace n
       JOIN pg_class c ON c.relnamespace = n.oid JOIN pg_attribute a ON a.attrelid = c.oid
       WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2, 4`,
    ),
})
