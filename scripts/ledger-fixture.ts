// Writes the ledger that a release leaves behind, as SQL, for each version of the schema that has none
// yet: test/mesh/ledger/versions/schema-<n>.sql. What is there is never written again, since no later
// change may alter what a released version wrote.
import { existsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { tablesOf } from "../plugin/mesh/ledger/columns.ts"
import { migrations } from "../plugin/mesh/ledger/migrations.ts"
import type { Param } from "../plugin/mesh/ledger/port.ts"
import { openConnection } from "../plugin/mesh/ledger/sqlite/connection.ts"
import { wholeRows } from "../plugin/mesh/ledger/whole-rows.ts"
import { createMesh } from "../test/mesh/support/mesh.ts"
import { tellStory } from "../test/mesh/support/story.ts"

const folder = join(import.meta.dirname, "../test/mesh/ledger/versions")

const literal = (value: Param) =>
  typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value)

/** The schema as SQLite has it after these migrations: it shows if a released one is edited later. */
const schemaOf = async (known: readonly string[]) => {
  const db = await openConnection(":memory:")
  for (const step of known) db.exec(step)
  const made = db.all<{ sql: string }>(
    "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid",
  )
  db.close()
  return made.map(({ sql }) => `${sql};`)
}

/** What is in the ledger, as far as the version has a place for it. */
const rowsOf = async (known: readonly string[]) => {
  const mesh = await createMesh()
  try {
    await tellStory(mesh)
    const lines: string[] = []
    for (const table of tablesOf(known)) {
      const names = table.columns.map(({ name }) => name)
      const rows = await mesh.ledger.read((db) =>
        wholeRows(db, table, { after: undefined, limit: 1000 }),
      )
      for (const row of rows)
        lines.push(
          `INSERT INTO ${table.name} (${names.join(", ")}) VALUES (${names.map((name) => literal(row[name]!)).join(", ")});`,
        )
    }
    return lines
  } finally {
    await mesh.end()
  }
}

for (let version = 1; version <= migrations.length; version++) {
  const file = join(folder, `schema-${version}.sql`)
  if (existsSync(file)) continue
  const known = migrations.slice(0, version)
  writeFileSync(file, `${[...(await schemaOf(known)), ...(await rowsOf(known))].join("\n")}\n`)
  console.log(`wrote ${file}`)
}
