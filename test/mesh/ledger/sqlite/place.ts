import { readFileSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { applicationId, migrations } from "../../../../plugin/mesh/ledger/migrations.ts"
import { openConnection } from "../../../../plugin/mesh/ledger/sqlite/connection.ts"
import { openSqliteLedger } from "../../../../plugin/mesh/ledger/sqlite/sqlite-ledger.ts"
import type { LedgerPlace } from "../contract.ts"

/** A file in an empty folder. */
export const sqlitePlace = (folder: string): LedgerPlace => {
  const path = join(folder, "mesh.db")
  const as = async (...statements: string[]) => {
    const db = await openConnection(path)
    for (const statement of statements) db.exec(statement)
    return db
  }
  return {
    open: (options) => openSqliteLedger(path, options),
    async lock() {
      const other = await as("BEGIN IMMEDIATE")
      return async () => {
        other.exec("COMMIT")
        other.close()
      }
    },
    makeForeign: async () => (await as("CREATE TABLE notes (id)")).close(),
    makeVersion: async (version) => {
      const db = await as(
        ...migrations.slice(0, version),
        `PRAGMA application_id = ${applicationId}`,
        `PRAGMA user_version = ${version}`,
      )
      db.close()
    },
    put: async (sql) => (await as(sql)).close(),
    contents: async () =>
      readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "base64")]),
  }
}
