import { newerSchema } from "../newer-schema.ts"
import type { Param, Tx } from "../port.ts"
import { shownAddress } from "./address.ts"
import { beginAlone } from "./begin-alone.ts"
import { isMarked, markCommit } from "./commits.ts"
import type { Answer, Connection } from "./connection.ts"
import { busy, isLockTimeout, isLost, translate, unavailable, undecided } from "./failures.ts"
import type { Pool } from "./pool.ts"
import { schemaName } from "./startup-options.ts"

/** The server's own answer comes first, unless nobody is there to give it. */
const marginMs = 5000

export interface TransactionDeps {
  pool: Pool
  address: string
  /** Tells our own notifications and commits from others'. */
  self: string
  /** Of this process's transactions: 1, 2, 3, … */
  nextNumber: () => number
  now: () => number
  newId: Tx["newId"]
  /** The newest version of the schema that this process knows. */
  known: number
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
  { pool, address, self, nextNumber, now, newId, known }: TransactionDeps,
  change: (tx: Tx) => T | Promise<T>,
  patienceMs: number,
): Promise<{ value: T; wrote: boolean } | { lost: unknown }> => {
  const { connection } = await begin(pool, { address, known }, patienceMs)
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
    const cause = await commit({ connection, pool, address, self, number: wrote && nextNumber() })
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

/**
 * The lock is waited for before the change is called, so that all of it can be tried again. With it
 * comes the version of the schema, which nobody else can raise until the lock is given back.
 */
const begin = async (
  pool: Pool,
  { address, known }: Pick<TransactionDeps, "address" | "known">,
  patienceMs: number,
) => {
  try {
    return await pool.begin(async (connection) => {
      try {
        const sql = `${beginAlone(patienceMs)}; SELECT version FROM ${schemaName}.meta`
        const answers = await connection.script(sql, patienceMs + marginMs)
        const { version } = answers.at(-1)!.rows[0]!
        if (Number(version) > known)
          throw newerSchema(shownAddress(address), Number(version), known)
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
  self: string
  /** False where nothing was written: it may be run again, whatever became of it. */
  number: number | false
}

/** Undefined once it is committed; the loss of the session when nothing of it was kept. */
const commit = async ({ connection, number, ...rest }: Ending): Promise<unknown> => {
  const { address, self } = rest
  const mark = number ? `${markCommit(self, number)} NOTIFY ${schemaName}, '${self}';` : ""
  try {
    const answers = await connection.script(`${mark} COMMIT`)
    if (answers.at(-1)!.command === "COMMIT") return undefined
  } catch (error) {
    if (isLost(error))
      return number && (await isCommitted({ ...rest, number }, error)) ? undefined : error
    if (!isAborted(error)) throw translate(error, address)
  }
  throw new Error("A statement of a transaction failed unheard: nothing of it was kept.")
}

const isAborted = (error: unknown) => (error as { code?: string }).code === "25P02"

const settleMs = 15_000
const settlePauseMs = 100

interface Doubt extends Omit<Ending, "connection"> {
  number: number
}

/** The session was lost while it committed: the ledger knows what became of that transaction. */
const isCommitted = async ({ pool, address, self, number }: Doubt, cause: unknown) => {
  const giveUpAt = performance.now() + settleMs
  while (performance.now() < giveUpAt) {
    try {
      const { connection, begun } = await pool.begin(async (session) => {
        try {
          return await isMarked(session, self, number, giveUpAt - performance.now())
        } catch (error) {
          rollBack(session)
          throw error
        }
      })
      pool.give(connection)
      return begun
    } catch {
      await new Promise((resolve) => setTimeout(resolve, settlePauseMs))
    }
  }
  throw undecided(address, cause)
}
