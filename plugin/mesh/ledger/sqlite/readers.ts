import type { Param, Query } from "../port.ts"
import type { Connection } from "./connection.ts"
import { rollback } from "./sqlite-schema.ts"
import { retryBusy } from "./sqlite-errors.ts"
import { createTurns } from "./turns.ts"

/** A read is over within microseconds: more than two of one process at once are rare. */
const mostConnections = 4

/**
 * Connections that only read. Each read is a transaction of its own, so that all its statements see
 * the same instant, and what this process is just writing is not in it.
 */
export const createReaders = (open: () => Connection, patienceMs: number) => {
  const idle: Connection[] = []
  const all: Connection[] = []
  const turns = createTurns()

  const take = async (): Promise<Connection> => {
    const free = idle.pop()
    if (free) return free
    if (all.length < mostConnections) {
      const fresh = await retryBusy(open, patienceMs)
      all.push(fresh)
      return fresh
    }
    // Somebody gives one back soon; whoever comes first gets it.
    await turns.enter()
    try {
      while (idle.length === 0) await new Promise((resolve) => setImmediate(resolve))
      return idle.pop()!
    } finally {
      turns.leave()
    }
  }

  return {
    async read<T>(query: (db: Query) => T | Promise<T>): Promise<T> {
      const db = idle.pop() ?? (await take())
      try {
        return await retryBusy(() => inOneView(db, query), patienceMs)
      } finally {
        idle.push(db)
      }
    },
    close() {
      for (const db of all.splice(0)) db.close()
      idle.length = 0
    },
  }
}

const inOneView = async <T>(db: Connection, query: (view: Query) => T | Promise<T>): Promise<T> => {
  db.run("BEGIN")
  try {
    const value = await query(queryOver(db))
    db.run("COMMIT")
    return value
  } catch (error) {
    rollback(db)
    throw error
  }
}

/** Every statement is done when it returns; that it is a promise costs no turn of the event loop. */
export const queryOver = (db: Connection): Query => ({
  get: async <Row>(sql: string, ...params: Param[]) =>
    (db.prepare(sql).get(...params) ?? undefined) as Row | undefined,
  all: async <Row>(sql: string, ...params: Param[]) => db.prepare(sql).all(...params) as Row[],
})
