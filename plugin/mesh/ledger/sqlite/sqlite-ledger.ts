import { AsyncLocalStorage } from "node:async_hooks"
import { chmodSync, mkdirSync } from "node:fs"
import { dirname } from "node:path"
import { MeshError } from "../../model/errors.ts"
import { newId as randomIds } from "../../model/ids.ts"
import { migrations as ours } from "../migrations.ts"
import { newerSchema } from "../newer-schema.ts"
import type { Ledger, LedgerOptions, Query, Tx } from "../port.ts"
import { createCommitWatch } from "./commit-watch.ts"
import { watchWrites } from "./watch-writes.ts"
import { loadSqlite } from "./connection.ts"
import { createReaders, queryOver } from "./readers.ts"
import { closed, retryAfter, retryBusy, translate, unavailable } from "./sqlite-errors.ts"
import { pragma, prepareSchema, rollback } from "./sqlite-schema.ts"
import { createTurns } from "./turns.ts"
import { createUpkeep } from "./upkeep.ts"

/** A ledger that ends with its process: for tests. */
const inMemory = ":memory:"

/** Opens or creates the ledger. Foreign and newer databases are refused untouched. */
export const openSqliteLedger = async (
  path: string,
  options: LedgerOptions = {},
): Promise<Ledger> => {
  const { patienceMs = 30_000, now = Date.now, newId = randomIds, migrations = ours } = options
  const { lookMs } = options
  const known = migrations.length
  const { open, writer } = await openWriter(path)
  try {
    await prepareSchema(writer, path, patienceMs, migrations)
  } catch (error) {
    writer.close()
    throw translate(error, path)
  }
  restrict(path)

  const turns = createTurns()
  let isWriting = false
  let isClosed = false
  /** Once met it stays: a schema never goes back. */
  let newer: MeshError | undefined
  const watch = createCommitWatch(
    () => (isWriting || isClosed ? undefined : pragma(writer, "data_version")),
    path === inMemory || lookMs !== undefined
      ? undefined
      : (onWrite) => watchWrites(`${path}-wal`, onWrite),
    undefined,
    lookMs,
  )
  const readers = createReaders(open, patienceMs)
  const nesting = path === inMemory ? new AsyncLocalStorage<true>() : undefined
  const view = queryOver(writer)

  const begin = (): Promise<unknown> | undefined => {
    try {
      writer.run("BEGIN IMMEDIATE")
      return undefined
    } catch (error) {
      return retryAfter(error, () => writer.run("BEGIN IMMEDIATE"), patienceMs)
    }
  }

  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (nesting?.getStore())
      throw new Error("a read or transaction inside another one: use the handle that is there")
    const turn = turns.enter()
    if (turn) await turn
    isWriting = true
    try {
      if (isClosed) throw closed(path)
      return await (nesting ? nesting.run(true, work) : work())
    } finally {
      isWriting = false
      turns.leave()
    }
  }

  /** Another process may have migrated since we opened it. Asked where nobody can do so meanwhile. */
  const refuseNewer = () => {
    const { user_version: version } = writer.prepare("PRAGMA user_version").get() as {
      user_version: number
    }
    if (version > known) throw (newer = newerSchema(path, version, known))
  }

  const inTransaction = async <T>(change: (tx: Tx) => T | Promise<T>) => {
    if (newer) throw newer
    await begin()
    let hasChanged = false
    const tx: Tx = {
      ...view,
      async run(sql, ...params) {
        const changes = Number(writer.prepare(sql).run(...params).changes)
        hasChanged ||= changes > 0
        return { changes }
      },
      at: now(),
      newId,
    }
    try {
      refuseNewer()
      const value = await change(tx)
      writer.run("COMMIT")
      return { value, hasChanged }
    } catch (error) {
      rollback(writer)
      throw error
    }
  }

  return {
    async read<T>(query: (db: Query) => T | Promise<T>): Promise<T> {
      try {
        // A database in memory belongs to one connection, so a read waits for the transaction.
        if (nesting) return await inTurn(async () => query(view))
        if (isClosed) throw closed(path)
        return await readers.read(query)
      } catch (error) {
        // A statement of ours may not fit any more.
        if (!(error instanceof MeshError) && !isWriting && !isClosed) refuseNewer()
        throw translate(error, path)
      }
    },
    async transact<T>(change: (tx: Tx) => T | Promise<T>): Promise<T> {
      try {
        const { value, hasChanged } = await inTurn(() => inTransaction(change))
        if (hasChanged) watch.announce()
        return value
      } catch (error) {
        throw translate(error, path)
      }
    },
    subscribe: watch.subscribe,
    ...(path !== inMemory && {
      upkeep: createUpkeep(writer, async (work) => {
        try {
          return await inTurn(() => retryBusy(work, patienceMs))
        } catch (error) {
          throw translate(error, path)
        }
      }),
    }),
    async close() {
      if (isClosed) return
      isClosed = true
      watch.close()
      // What is under way is finished; what waits for its turn is refused.
      await turns.enter()
      turns.leave()
      readers.close()
      writer.close()
    },
  }
}

const openWriter = async (path: string) => {
  try {
    if (path !== inMemory) mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const connect = await loadSqlite()
    const open = () => {
      const connection = connect(path)
      // SQLite's own waiting sleeps up to 100 ms at a time and starves late comers; ours is retryBusy.
      connection.exec("PRAGMA busy_timeout = 0")
      return connection
    }
    return { open, writer: open() }
  } catch (error) {
    throw unavailable(path, error)
  }
}

const restrict = (path: string) => {
  if (path === inMemory) return
  for (const file of [path, `${path}-wal`, `${path}-shm`]) {
    try {
      chmodSync(file, 0o600)
    } catch {
      // The side files come and go with the connections.
    }
  }
}
