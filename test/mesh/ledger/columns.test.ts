import { expect, test } from "bun:test"
import { tablesOf } from "../../../plugin/mesh/ledger/columns.ts"
import { migrations } from "../../../plugin/mesh/ledger/migrations.ts"
import { openConnection } from "../../../plugin/mesh/ledger/sqlite/connection.ts"

test("tables are read from the migrations as SQLite makes them, in every version", async () => {
  for (let version = 1; version <= migrations.length; version++) {
    const known = migrations.slice(0, version)
    const db = await openConnection(":memory:")
    for (const step of known) db.exec(step)
    const made = db
      .all<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")
      .map(({ name }) => {
        const columns = db.all<{ name: string; type: string; notnull: number; pk: number }>(
          `PRAGMA table_info(${name})`,
        )
        return {
          name,
          columns: columns.map(({ name: column, type, notnull, pk }) => ({
            ...{ name: column, type: type.toLowerCase() },
            isNullable: notnull === 0 && pk === 0,
          })),
          key: columns
            .filter(({ pk }) => pk > 0)
            .toSorted((a, b) => a.pk - b.pk)
            .map((column) => column.name),
        }
      })
    db.close()
    expect(made.length).toBeGreaterThan(15)
    expect(tablesOf(known) as unknown).toEqual(made)
  }
})
