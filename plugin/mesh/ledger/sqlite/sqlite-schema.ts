import { MeshError } from "../../model/errors.ts"
import { applicationId } from "../migrations.ts"
import { newerSchema } from "../newer-schema.ts"
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
export const prepareSchema = async (
  db: Connection,
  path: string,
  patienceMs: number,
  migrations: readonly string[],
) => {
  const known = migrations.length
  await retryBusy(() => inOneView(db, () => refuseForeign(db, path, known)), patienceMs)
  db.exec(`PRAGMA page_size = ${pageBytes}`)
  // What is taken away can be given back to the disk. Only a new ledger takes it; said to another one it
  // would be a write.
  if (pragma(db, "page_count") === 0)
    await retryBusy(() => db.exec("PRAGMA auto_vacuum = INCREMENTAL"), patienceMs)
  await retryBusy(() => db.exec("PRAGMA journal_mode = WAL"), patienceMs)
  db.exec("PRAGMA synchronous = NORMAL")
  db.exec(`PRAGMA wal_autocheckpoint = ${checkpointPages}`)
  db.exec("PRAGMA foreign_keys = OFF")
  await migrate(db, path, patienceMs, migrations)
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

const refuseForeign = (db: Connection, path: string, known: number) => {
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
  if (version > known) throw newerSchema(path, version, known)
}

const migrate = async (
  db: Connection,
  path: string,
  patienceMs: number,
  migrations: readonly string[],
) => {
  if (pragma(db, "user_version") === migrations.length) return
  await retryBusy(() => db.exec("BEGIN IMMEDIATE"), patienceMs)
  try {
    // Another process may have migrated while we waited for the lock.
    refuseForeign(db, path, migrations.length)
    for (const step of migrations.slice(pragma(db, "user_version"))) db.exec(step)
    db.exec(`PRAGMA application_id = ${applicationId}`)
    db.exec(`PRAGMA user_version = ${migrations.length}`)
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
