import { MeshError } from "../../model/errors.ts"
import { newerSchema } from "../newer-schema.ts"
import { shownAddress } from "./address.ts"
import type { Connection } from "./connection.ts"
import { busy, isLockTimeout } from "./failures.ts"
import { schemaForPostgres } from "./schema-sql.ts"
import { schemaName } from "./startup-options.ts"
import { beginAlone } from "./begin-alone.ts"

/** Where a database file has numbers in its head, a schema has a table of one row. */
const meta = `${schemaName}.meta`
const application = "meshfleet"

/** The oldest one we test with. */
const oldestServer = 15

/** Makes the schema or brings it up to date. Foreign and newer ones are refused untouched. */
export const prepareSchema = async (
  connection: Connection,
  address: string,
  patienceMs: number,
  migrations: readonly string[],
) => {
  const known = migrations.length
  await refuseUnfit(connection, address)
  if ((await versionOf(connection, address, known)) === known) return
  try {
    await connection.script(beginAlone(patienceMs), patienceMs * 2)
    // Another process may have made it while we waited.
    const version = await versionOf(connection, address, known)
    const steps = migrations.slice(version).map(schemaForPostgres)
    await connection.script([begin, ...steps, finish(known), "COMMIT"].join(";\n"))
  } catch (error) {
    if (connection.isOpen()) await connection.script("ROLLBACK")
    throw isLockTimeout(error) ? busy(patienceMs, error) : error
  }
}

// An empty schema that was made for us serves as well; IF NOT EXISTS asks for the right to make one.
const begin = `DO 'BEGIN IF to_regnamespace(''${schemaName}'') IS NULL THEN
  CREATE SCHEMA ${schemaName}; END IF; END'`

const finish = (version: number) => `
  DROP TABLE IF EXISTS ${meta};
  CREATE TABLE ${meta} AS SELECT '${application}' AS application, ${version} AS version`

const refuseUnfit = async (connection: Connection, address: string) => {
  const { rows } = await connection.query(
    `SELECT current_setting('server_version_num')::int / 10000 AS server, pg_encoding_to_char(encoding) AS encoding
     FROM pg_database WHERE datname = current_database()`,
  )
  const { server, encoding } = rows[0] as { server: number; encoding: string }
  if (server < oldestServer)
    throw new MeshError(
      "LEDGER_UNAVAILABLE",
      `The ledger ${shownAddress(address)} is on Postgres ${server}; Meshfleet needs ${oldestServer}.`,
      "Update that server, or set ledger to another one.",
    )
  if (encoding !== "UTF8")
    throw new MeshError(
      "LEDGER_UNAVAILABLE",
      `The ledger ${shownAddress(address)} is a database with encoding ${encoding}; Meshfleet needs UTF8.`,
      "Create a database with ENCODING 'UTF8', and set ledger to its address.",
    )
}

/** 0 where there is nothing yet. */
const versionOf = async (connection: Connection, address: string, known: number) => {
  // One statement sees one state; another process may be making the schema.
  const { rows } = await connection.query(
    `SELECT count(*) AS objects,
       (SELECT count(*) FROM pg_attribute JOIN pg_class meta ON meta.oid = attrelid
        WHERE meta.relnamespace = n.oid AND meta.relname = 'meta'
          AND attname IN ('application', 'version')) AS columns
     FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid
     WHERE n.nspname = ? GROUP BY n.oid`,
    [schemaName],
  )
  const { objects, columns } = (rows[0] ?? { objects: 0, columns: 0 }) as Record<string, number>
  if (objects === 0) return 0
  const found =
    columns === 2 ? await connection.query(`SELECT application, version FROM ${meta}`) : undefined
  const row = found?.rows[0] as { application: string; version: number } | undefined
  if (row?.application !== application)
    throw new MeshError(
      "LEDGER_FOREIGN",
      `The schema ${schemaName} of ${shownAddress(address)} holds tables of another program.`,
      "Set ledger to the address of another database.",
    )
  if (row.version > known) throw newerSchema(shownAddress(address), row.version, known)
  return row.version
}
