import { describe, expect, test } from "bun:test"
import { migrations } from "../../../../plugin/mesh/ledger/migrations.ts"
import { schemaForPostgres } from "../../../../plugin/mesh/ledger/postgres/schema-sql.ts"

describe("a schema for Postgres", () => {
  test("has 64 bits for times, and text in the order of its bytes", () => {
    expect(
      schemaForPostgres(
        "CREATE TABLE a (id TEXT PRIMARY KEY, at INTEGER NOT NULL, cost REAL, name TEXT DEFAULT 'TEXT')",
      ),
    ).toBe(
      `CREATE TABLE a (id TEXT COLLATE "C" PRIMARY KEY, at BIGINT NOT NULL, cost DOUBLE PRECISION, name TEXT COLLATE "C" DEFAULT 'TEXT')`,
    )
  })

  test("numbers rows by the highest number there is", () => {
    const sql = schemaForPostgres("CREATE TABLE a (\n  seq INTEGER PRIMARY KEY,\n  at INTEGER\n)")
    expect(sql).toContain("SELECT COALESCE(max(seq), 0) + 1 FROM meshfleet.a")
    expect(sql).toEndWith(
      "CREATE TABLE a (\n  seq BIGINT PRIMARY KEY DEFAULT meshfleet.next_a_seq(),\n  at BIGINT\n)",
    )
  })

  test("enforces no references, as SQLite does not", () => {
    expect(schemaForPostgres("a TEXT NOT NULL REFERENCES b (id), c INTEGER")).toBe(
      'a TEXT COLLATE "C" NOT NULL, c BIGINT',
    )
    expect(migrations.map(schemaForPostgres).join()).not.toContain("REFERENCES")
  })
})
