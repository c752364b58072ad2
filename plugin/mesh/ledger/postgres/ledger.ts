import { randomBytes } from "node:crypto"
import { MeshError } from "../../model/errors.ts"
import { newId as randomIds } from "../../model/ids.ts"
import { migrations as ours } from "../migrations.ts"
import type { Ledger, LedgerOptions, Param } from "../port.ts"
import { checkAddress, shownAddress } from "./address.ts"
import { createAnnouncer } from "./announcer.ts"
import { connect } from "./connection.ts"
import { busy, translate } from "./failures.ts"
import { createGate } from "./gate.ts"
import { createListener } from "./listener.ts"
import { createPool } from "./pool.ts"
import { prepareSchema } from "./schema.ts"
import { openSnapshot } from "./snapshot.ts"
import { runTransaction } from "./transaction.ts"

/** Of a read whose session is lost in its midst. A server that is gone is told of by the first. */
const mostTries = 3

export interface PostgresLedgerOptions extends LedgerOptions {
  /** What a listener throws. */
  onError?: (error: unknown) => void
}

export interface PostgresLedger extends Ledger {
  /**
   * One statement by itself, which waits for no writer and tells nobody. It is sent again when its
   * answer is lost, so it must come to the same the second time.
   */
  statement<Row>(sql: string, ...params: Param[]): Promise<Row[]>
}

/** Opens or creates the ledger in a database of Postgres. Foreign and newer ones are refused untouched. */
export const openPostgresLedger = async (
  address: string,
  options: PostgresLedgerOptions = {},
): Promise<PostgresLedger> => {
  const { patienceMs = 30_000, now = Date.now, newId = randomIds, migrations = ours } = options
  const known = migrations.length
  checkAddress(address)
  const self = randomBytes(8).toString("hex")
  const announcer = createAnnouncer(options.onError ?? (() => undefined))
  const pool = createPool({ connect: () => connect(address), patienceMs })
  const listener = createListener({
    connect: (events) => connect(address, events),
    onCommit: (by) => by !== self && announcer.others(),
    onGap: announcer.others,
  })
  const turn = createGate(1)
  const underWay = new Set<Promise<unknown>>()
  let transactions = 0
  let closed = false

  /** Errors of the server become ours; what is under way is waited for by `close`. */
  const doing = <T>(work: () => Promise<T>): Promise<T> => {
    if (closed) return Promise.reject(isClosed(address))
    const done = work().finally(() => underWay.delete(done))
    underWay.add(done)
    return done
  }

  const inSession = async <T>(work: Parameters<typeof pool.begin<T>>[0]) => {
    try {
      const { connection, begun } = await pool.begin(work)
      pool.give(connection)
      return begun
    } catch (error) {
      throw translate(error, address)
    }
  }

  const close = async () => {
    closed = true
    await Promise.allSettled(underWay)
    announcer.close()
    listener.close()
    pool.close()
  }

  try {
    await Promise.all([
      listener.start(),
      inSession((session) => prepareSchema(session, address, patienceMs, migrations)),
    ])
  } catch (error) {
    await close()
    throw translate(error, address)
  }

  return {
    read: (query) =>
      doing(async () => {
        for (let tries = 1; ; tries++) {
          const snapshot = openSnapshot(pool, address)
          try {
            return await query(snapshot.query)
          } catch (error) {
            if (!snapshot.isLost() || tries === mostTries) throw error
          } finally {
            snapshot.end()
          }
        }
      }),
    transact: (change) =>
      doing(async () => {
        const giveUpAt = performance.now() + patienceMs
        if (!(await turn.enter(patienceMs))) throw busy(patienceMs)
        try {
          const nextNumber = () => ++transactions
          const deps = { pool, address, self, nextNumber, now, newId, known }
          const done = await runTransaction(deps, change, giveUpAt - performance.now())
          if (done.wrote) announcer.own()
          return done.value
        } finally {
          turn.leave()
        }
      }),
    statement: <Row>(sql: string, ...params: Param[]) =>
      doing(async () => (await inSession((session) => session.query(sql, params))).rows as Row[]),
    subscribe: announcer.subscribe,
    close,
  }
}

const isClosed = (address: string) =>
  new MeshError(
    "LEDGER_UNAVAILABLE",
    `The ledger ${shownAddress(address)} was closed.`,
    "Call again from a session that is not ending: nothing was changed.",
  )
