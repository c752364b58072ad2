import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openConnection } from "../../plugin/mesh/ledger/sqlite/connection.ts"
import { postgresPlace } from "../../test/mesh/ledger/postgres/place.ts"
import { sqlitePlace } from "../../test/mesh/ledger/sqlite/place.ts"
import { asAdmin, freshDatabase } from "../../test/support/postgres.ts"
import type { Birthplace } from "./births.ts"

export const inNewFile = async (): Promise<Birthplace> => {
  const folder = mkdtempSync(join(tmpdir(), "meshfleet-birth-"))
  const name = join(folder, "mesh.db")
  return {
    ...sqlitePlace(folder),
    name,
    version: async () => Number(await pragma(name, "user_version")),
    integrity: () => integrityOfFile(name),
    end: async () => rmSync(folder, { recursive: true, force: true }),
  }
}

export const inNewDatabase = (server: string) => async (): Promise<Birthplace> => {
  const { address, drop } = await freshDatabase(server)
  return {
    ...postgresPlace(address),
    name: address,
    async version() {
      const [meta] = await asAdmin(address, "SELECT to_regclass('meshfleet.meta') AS name")
      if (meta!["name"] === null) return 0
      const [row] = await asAdmin(address, "SELECT version FROM meshfleet.meta")
      return Number(row!["version"])
    },
    integrity: () => integrityOfDatabase(address),
    end: async () => void (await drop()),
  }
}

export const integrityOfFile = async (path: string) => String(await pragma(path, "integrity_check"))

const pragma = async (path: string, name: string) => {
  const db = await openConnection(path)
  try {
    return Object.values(db.get<Record<string, unknown>>(`PRAGMA ${name}`) ?? {})[0]
  } finally {
    db.close()
  }
}

/** Every table's pages, and every row's place in each index (amcheck is part of Postgres). */
export const integrityOfDatabase = async (address: string) => {
  const tables = "SELECT oid FROM pg_class WHERE relnamespace = 'meshfleet'::regnamespace"
  try {
    const corrupt = await asAdmin(
      address,
      "CREATE EXTENSION IF NOT EXISTS amcheck",
      `SELECT bt_index_check(indexrelid, true) FROM pg_index WHERE indrelid IN (${tables})`,
      `SELECT c.relname, v.msg FROM pg_class c, LATERAL verify_heapam(c.oid) v
       WHERE c.relkind = 'r' AND c.oid IN (${tables})`,
    )
    return corrupt.length === 0 ? "ok" : JSON.stringify(corrupt.slice(0, 5))
  } catch (error) {
    return String(error)
  }
}
