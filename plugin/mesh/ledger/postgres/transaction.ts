import { applicationId } from "../migrations.ts"
import type { Param, Tx } from "../port.ts"
import type { Answer, Connection } from "./connection.ts"
import { busy, isLockTimeout, isLost, translate, unavailable, undecided } from "./failures.ts"
import type { Pool } from "./pool.ts"
import { schemaName } from "./startup-options.ts"

/**
 * A transaction of ours waits for nothing but its own statements. One that is silent for so long is in
 * a process that was stopped, cut off or busy with itself, and keeps everybody else from writing.
 */
const silentMs = 3000

/**
 * One writer at a time in the whole database, as SQLite has it: the services read before they write,
 * and sequence numbers are committed in their order. Held until the transaction is over, however that
 * comes about.
 */
export const beginAlone = (patienceMs: number) =>
  `BEGIN; SET LOCAL lock_timeout = ${Math.max(1, Math.ceil(patienceMs))};
   SET LOCAL idle_in_transaction_session_timeout = ${silentMs};
   SELECT pg_advisory_xact_lock(${applicationId}, 0)`

/** The server's own answer comes first, unless nobody is there to give it. */
const marginMs = 5000

export interface TransactionDeps {
  pool: Pool
  address: string
  /** Tells our own notifications from others'. */
  self: string
  now: () => number
  newId: Tx["newId"]
}

/** A process that stands still for seconds, as at the start of OpenCode on a busy machine, may do so again. */
const mostTries = 5

/**
 * Resolves with what the change returned, and whether it changed anything. When its session was lost
 * and nothing of it was kept, the change is run again: it does nothing but use its handle.
 */
export const runTransaction = async <T>(
  deps: TransactionDeps,
  change: (tx: Tx) => T | Promise<T>,
  patienceMs: number,
): Promise<{ value: T; wrote: boolean }> => {
  const giveUpAt = performance.now() + patienceMs
  for (let tries = 1; ; tries++) {
    const outcome = await attempt(deps, change, giveUpAt - performance.now())
    if (!("lost" in outcome)) return outcome
    if (tries === mostTries || performance.now() > giveUpAt)
      throw unavailable(deps.address, outcome.lost)
  }
}

const attempt = async <T>(
  { pool, address, self, now, newId }: TransactionDeps,
  change: (tx: Tx) => T | Promise<T>,
  patienceMs: number,
): Promise<{ value: T; wrote: boolean } | { lost: unknown }> => {
  const { connection, begun: xid } = await begin(pool, address, patienceMs)
  let wrote = false
  let over = false
  let lost: unknown
  const ask = async (sql: string, params: readonly Param[]): Promise<Answer> => {
    if (over) throw new Error("A transaction was used after it had ended.")
    try {
      const answer = await connection.query(sql, params)
      wrote ||= answer.command !== "SELECT" && answer.changes > 0
      return answer
    } catch (error) {
      if (isLost(error)) lost ??= error
      throw translate(error, address)
    }
  }
  const tx: Tx = {
    get: async <Row>(sql: string, ...params: Param[]) =>
      (await ask(sql, params)).rows[0] as Row | undefined,
    all: async <Row>(sql: string, ...params: Param[]) => (await ask(sql, params)).rows as Row[],
    run: async (sql, ...params) => ({ changes: (await ask(sql, params)).changes }),
    at: now(),
    newId,
  }
  try {
    const value = await change(tx)
    over = true
    if (lost) return { lost }
    const notify = wrote ? `NOTIFY ${schemaName}, '${self}';` : ""
    const cause = await commit({ connection, pool, address, xid }, notify)
    return cause === undefined ? { value, wrote } : { lost: cause }
  } catch (error) {
    over = true
    if (lost) return { lost }
    rollBack(connection)
    throw error
  } finally {
    pool.give(connection)
  }
}

/** The lock is waited for before the change is called, so that all of it can be tried again. */
const begin = async (pool: Pool, address: string, patienceMs: number) => {
  try {
    return await pool.begin(async (connection) => {
      try {
        const sql = `${beginAlone(patienceMs)}; SELECT pg_current_xact_id()::text AS xid`
        const answers = await connection.script(sql, patienceMs + marginMs)
        return String(answers.at(-1)!.rows[0]!["xid"])
      } catch (error) {
        rollBack(connection)
        throw error
      }
    })
  } catch (error) {
    throw isLockTimeout(error) ? busy(patienceMs, error) : translate(error, address)
  }
}

/** Nobody waits for it: whoever gets this session next sends after it. */
const rollBack = (connection: Connection) => {
  if (connection.isOpen()) connection.script("ROLLBACK").catch(() => undefined)
}

interface Ending {
  connection: Connection
  pool: Pool
  address: string
  xid: string
}

/** Undefined once it is committed; the loss of the session when nothing of it was kept. */
const commit = async (
  { connection, pool, address, xid }: Ending,
  announcement: string,
): Promise<unknown> => {
  try {
    const answers = await connection.script(`${announcement} COMMIT`)
    if (answers.at(-1)!.command === "COMMIT") return undefined
  } catch (error) {
    if (isLost(error)) return (await isCommitted(pool, address, xid, error)) ? undefined : error
    if (!isAborted(error)) throw translate(error, address)
  }
  throw new Error("A statement of a transaction failed unheard: nothing of it was kept.")
}

const isAborted = (error: unknown) => (error as { code?: string }).code === "25P02"

const settleMs = 15_000
const settlePauseMs = 100

/** The session was lost while it committed: the server knows what became of that transaction. */
const isCommitted = async (pool: Pool, address: string, xid: string, cause: unknown) => {
  const giveUpAt = performance.now() + settleMs
  while (performance.now() < giveUpAt) {
    const status = await statusOf(pool, xid).catch(() => undefined)
    if (status === "committed" || status === "aborted") return status === "committed"
    await new Promise((resolve) => setTimeout(resolve, settlePauseMs))
  }
  throw undecided(address, cause)
}

const statusOf = async (pool: Pool, xid: string) => {
  const { connection, begun } = await pool.begin((session) =>
    session.query("SELECT pg_xact_status(?) AS status", [xid]),
  )
  pool.give(connection)
  return begun.rows[0]?.["status"]
}
