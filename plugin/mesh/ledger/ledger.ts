import { chmodSync, mkdirSync } from "node:fs"
import { dirname } from "node:path"
import { MeshError } from "../model/errors.ts"
import { type Database, openDatabase } from "./driver.ts"
import { newId as randomIds, type NewId } from "../model/ids.ts"
import type { Query, Tx } from "./port.ts"
import { applicationId, migrations, schemaVersion } from "./migrations.ts"

/**
 * The only truth, shared by every process of the mesh.
 *
 * Contract: `read` runs synchronously and sees every committed change. `transact` runs its function
 * once the write lock is held and commits all of it or nothing; when the promise resolves the change
 * survives the death of any process. The function may be called only once and must not await.
 * `transact` waits for other writers without blocking the event loop and throws LEDGER_BUSY when the
 * lock was not to be had. `changed` tells, for 2 µs, whether anybody committed since the last call.
 */
export interface Ledger {
  read<T>(query: (db: Query) => T): T
  transact<T>(change: (tx: Tx) => T): Promise<T>
  changed(): boolean
  close(): void
}

export interface LedgerOptions {
  /** How long `transact` tries for the write lock, in ms. */
  patienceMs?: number
  /** The clock and the ids that transactions are given. */
  now?: () => number
  newId?: NewId
}

/**
 * A send changes some ten pages, and a commit writes each of them whole: with pages of SQLite's usual
 * 4 KB, a third fewer sends a second. Only a new ledger takes it.
 */
const pageBytes = 2048

/** 8 MB of log between two checkpoints, each of which waits for the disk: four times SQLite's usual. */
const checkpointPages = 4000

/** Opens or creates the ledger. Foreign and newer databases are refused untouched. */
export const openLedger = async (path: string, options: LedgerOptions = {}): Promise<Ledger> => {
  const db = await open(path)
  try {
    return await prepare(db, path, options)
  } catch (error) {
    db.close()
    throw translate(error, path)
  }
}

const prepare = async (
  db: Database,
  path: string,
  { patienceMs = 30_000, now = Date.now, newId = randomIds }: LedgerOptions,
) => {
  // SQLite's own waiting sleeps up to 100 ms at a time and starves late comers; ours is below.
  db.exec("PRAGMA busy_timeout = 0")
  await retryBusy(() => inOneView(db, () => refuseForeign(db, path)), patienceMs)
  db.exec(`PRAGMA page_size = ${pageBytes}`)
  await retryBusy(() => db.exec("PRAGMA journal_mode = WAL"), patienceMs)
  db.exec("PRAGMA synchronous = NORMAL")
  db.exec(`PRAGMA wal_autocheckpoint = ${checkpointPages}`)
  db.exec("PRAGMA foreign_keys = OFF")
  await migrate(db, path, patienceMs)
  restrict(path)

  let seen = dataVersion(db)
  let own = false
  return {
    read(query) {
      try {
        return query(db)
      } catch (error) {
        throw translate(error, path)
      }
    },
    async transact(change) {
      try {
        // Lock, change and commit in one go: between two of them another call of this process would
        // find itself inside this transaction.
        const done = await retryBusy(() => {
          db.exec("BEGIN IMMEDIATE")
          try {
            const value = change({ run: db.run, get: db.get, all: db.all, at: now(), newId })
            db.exec("COMMIT")
            return { value }
          } catch (error) {
            rollback(db)
            // Returned, since the change was called and must not be tried again, whatever this is.
            return { error }
          }
        }, patienceMs)
        if ("error" in done) throw done.error
        own = true
        return done.value
      } catch (error) {
        throw translate(error, path)
      }
    },
    changed() {
      const version = dataVersion(db)
      const changed = own || version !== seen
      seen = version
      own = false
      return changed
    },
    close: () => db.close(),
  } satisfies Ledger
}

const open = async (path: string) => {
  try {
    if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    return await openDatabase(path)
  } catch (error) {
    throw new MeshError(
      "LEDGER_UNAVAILABLE",
      `The ledger ${path} cannot be opened: ${messageOf(error)}`,
      "Make that folder writable, or set MESHFLEET_HOME to one that is.",
      { cause: error },
    )
  }
}

/** Another process may be making the schema: half of what is read before it, half after, is neither. */
const inOneView = (db: Database, look: () => void) => {
  db.exec("BEGIN")
  try {
    look()
  } finally {
    rollback(db)
  }
}

const refuseForeign = (db: Database, path: string) => {
  const id = pragma(db, "application_id")
  const version = pragma(db, "user_version")
  const tables =
    db.get<{ count: number }>("SELECT count(*) AS count FROM sqlite_master")?.count ?? 0
  if (id !== applicationId && (id !== 0 || version !== 0 || tables > 0))
    throw new MeshError(
      "LEDGER_FOREIGN",
      `${path} is a database of another program (application id ${id}).`,
      "Move it away, or set MESHFLEET_HOME to another folder.",
    )
  if (version > schemaVersion)
    throw new MeshError(
      "LEDGER_NEWER",
      `${path} has schema ${version}; this Meshfleet knows ${schemaVersion}.`,
      "Update Meshfleet, or set MESHFLEET_HOME to another folder.",
    )
}

const migrate = async (db: Database, path: string, patienceMs: number) => {
  if (pragma(db, "user_version") === schemaVersion) return
  await begin(db, patienceMs)
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

const begin = (db: Database, patienceMs: number) =>
  retryBusy(() => db.exec("BEGIN IMMEDIATE"), patienceMs)

/**
 * A failed try is an exception, which costs as much as a send, and whoever takes turns at the lock
 * reads its pages anew: with 12 writers, waits of 12 ms on average need half the CPU of waits of 2 ms.
 */
const longestWaitMs = 25

/** Waits with jitter: fairer and faster under many writers than SQLite's own sleeps. */
const retryBusy = async <T>(attempt: () => T, patienceMs: number): Promise<T> => {
  const giveUpAt = Date.now() + patienceMs
  for (;;) {
    try {
      return attempt()
    } catch (error) {
      if (!isBusy(error)) throw error
      if (Date.now() > giveUpAt)
        throw new MeshError(
          "LEDGER_BUSY",
          `The ledger stayed locked for ${patienceMs} ms.`,
          "Try again; if it stays so, look for a process that holds mesh.db open.",
          { cause: error },
        )
      await new Promise((resolve) => setTimeout(resolve, Math.random() * longestWaitMs))
    }
  }
}

const rollback = (db: Database) => {
  try {
    db.exec("ROLLBACK")
  } catch {
    // SQLite has already rolled back by itself, on a full disk for example.
  }
}

const restrict = (path: string) => {
  if (path === ":memory:") return
  for (const file of [path, `${path}-wal`, `${path}-shm`]) {
    try {
      chmodSync(file, 0o600)
    } catch {
      // The side files come and go with the connections.
    }
  }
}

const translate = (error: unknown, path: string) => {
  if (error instanceof MeshError) return error
  const text = messageOf(error)
  if (/not a database|malformed/i.test(text))
    return new MeshError(
      "LEDGER_FOREIGN",
      `${path} is not a SQLite database that can be read: ${text}`,
      "Move it away, or set MESHFLEET_HOME to another folder.",
      { cause: error },
    )
  if (/disk is full|disk I\/O|readonly|read-only|unable to open/i.test(text))
    return new MeshError(
      "LEDGER_UNAVAILABLE",
      `The ledger ${path} cannot be written: ${text}`,
      "Free some disk space or make the folder writable, then call again: nothing was changed.",
      { cause: error },
    )
  return error
}

const pragma = (db: Database, name: string) =>
  Number(Object.values(db.get<Record<string, number>>(`PRAGMA ${name}`) ?? {})[0] ?? 0)

const dataVersion = (db: Database) => pragma(db, "data_version")

const isBusy = (error: unknown) =>
  /SQLITE_BUSY|database (table )?is locked/i.test(
    `${(error as { code?: string }).code} ${messageOf(error)}`,
  )

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
