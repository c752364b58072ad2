import { MeshError } from "../../model/errors.ts"
import { applicationId, migrations, schemaVersion } from "../migrations.ts"
import type { Connection } from "./connection.ts"
import { retryBusy } from "./sqlite-errors.ts"

/**
 * A send changes some ten pages, and a commit writes each of them whole: with pages of SQLite's usual
 * 4 KB, a third fewer sends a second. Only a new ledger takes it.
 */
const pageBytes = 2048

/** 8 MB of log between two checkpoints, each of which waits for the disk: four times SQLite's usual. */
const checkpointPages = 4000

/** Makes the ledger, or brings it up to date. Foreign and newer databases are refused untouched. */
export const prepareSchema = async (db: Connection, path: string, patienceMs: number) => {
  await retryBusy(() => inOneView(db, () => refuseForeign(db, path)), patienceMs)
  db.exec(`PRAGMA page_size = ${pageBytes}`)
  await retryBusy(() => db.exec("PRAGMA journal_mode = WAL"), patienceMs)
  db.exec("PRAGMA synchronous = NORMAL")
  db.exec(`PRAGMA wal_autocheckpoint = ${checkpointPages}`)
  db.exec("PRAGMA foreign_keys = OFF")
  await migrate(db, path, patienceMs)
}

/** Another process may be making the schema: half of what is read before it, half after, is neither. */
const inOneView = (db: Connection, look: () => void) => {
  db.exec("BEGIN")
  try {
    look()
  } finally {
    rollback(db)
  }
}

const refuseForeign = (db: Connection, path: string) => {
  const id = pragma(db, "application_id")
  const version = pragma(db, "user_version")
  const tables =
    db.get<{ count: number }>("SELECT count(*) AS count FROM sqlite_master")?.count ?? 0
  if (id !== applicationId && (id !== 0 || version !== 0 || tables > 0))
    throw new MeshError(
      "LEDGER_FOREIGN",
      `${path} belongs to another program (application id ${id}).`,
      "Move it away, or set MESHFLEET_HOME to another folder.",
    )
  if (version > schemaVersion)
    throw new MeshError(
      "LEDGER_NEWER",
      `${path} has schema ${version}; this version of Meshfleet knows only ${schemaVersion}.`,
      "Update Meshfleet, or set MESHFLEET_HOME to another folder.",
    )
}

const migrate = async (db: Connection, path: string, patienceMs: number) => {
  if (pragma(db, "user_version") === schemaVersion) return
  await retryBusy(() => db.exec("BEGIN IMMEDIATE"), patienceMs)
  try {
    // Another process may have migrated while we waited for the lock.
    refuseForeign(db, path)
    for (const step of migrations.slice(pragma(db, "user_version"))) db.exec(step)
    db.exec(`PRAGMA application_id = ${applicationId}`)
    db.exec(`PRAGMA user_version = ${schemaVersion}`)
    db.exec("COMMIT")
  } catch (error) {
    rollback(db)
    throw error
  }
}

export const rollback = (db: Connection) => {
  try {
    db.exec("ROLLBACK")
  } catch {
    // SQLite has already rolled back by itself, on a full disk for example.
  }
}

export const pragma = (db: Connection, name: string) =>
  Number(Object.values(db.get<Record<string, number>>(`PRAGMA ${name}`) ?? {})[0] ?? 0)
