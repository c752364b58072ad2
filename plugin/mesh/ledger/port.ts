import type { NewId } from "../model/ids.ts"

export type Param = string | number | null

/** Reads what is committed, all of it as of one instant. */
export interface Query {
  get<Row>(sql: string, ...params: Param[]): Promise<Row | undefined>
  all<Row>(sql: string, ...params: Param[]): Promise<Row[]>
}

/** A transaction under way. It sees its own writes; nobody else does until it is over. */
export interface Tx extends Query {
  run(sql: string, ...params: Param[]): Promise<{ changes: number }>
  /** The instant of the transaction, in ms since 1970. */
  readonly at: number
  readonly newId: NewId
}

/**
 * The only truth, shared by every process of the mesh.
 *
 * Contract: `read` sees every committed change and never half a transaction. `transact` runs its
 * function once the write lock is held and commits all of it or nothing; when the promise resolves
 * the change survives the death of any process. The functions are called with a handle and use only
 * that: they await its statements and nothing else, since everybody's writing waits for them, and they
 * open no second read or transaction. So a change whose database was out of reach before anything of
 * it was kept may be run again. Transactions of one process run one after the other.
 * `transact` waits for other writers without blocking the event loop and throws LEDGER_BUSY when the
 * lock was not to be had. `subscribe` tells of commits that changed something, whoever made them: of
 * this process's at once, of others' within a tenth of a second; several commits may make one call.
 * `close` is idempotent.
 */
export interface Ledger {
  read<T>(query: (db: Query) => T | Promise<T>): Promise<T>
  transact<T>(change: (tx: Tx) => T | Promise<T>): Promise<T>
  subscribe(listener: () => void): () => void
  close(): Promise<void>
}

export interface LedgerOptions {
  /** How long a read or a transaction tries for a lock, in ms. */
  patienceMs?: number
  /** The clock and the ids that transactions are given. */
  now?: () => number
  newId?: NewId
}
