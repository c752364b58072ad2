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
 * Once another process has brought the schema to a version that this one does not know, `transact`
 * throws LEDGER_NEWER before it calls its function, and from then on at once; `read` goes on as long
 * as it can, and throws the same when its statements do not fit any more.
 * `close` is idempotent.
 */
export interface Ledger {
  read<T>(query: (db: Query) => T | Promise<T>): Promise<T>
  transact<T>(change: (tx: Tx) => T | Promise<T>): Promise<T>
  subscribe(listener: () => void): () => void
  close(): Promise<void>
  /** Where the ledger is a file. */
  upkeep?: Upkeep
}

/**
 * What a file needs after much was taken away.
 *
 * Contract: each call waits for its turn as a transaction does, and throws what one throws.
 */
export interface Upkeep {
  /** How large the file is once its log is written back, and how much of that holds nothing. */
  size(): Promise<{ bytes: number; freeBytes: number }>
  /** Gives a little of what holds nothing back to the disk, within milliseconds; false once nothing is left. */
  reclaim(): Promise<boolean>
  /** Whether `reclaim` can do anything: not in a file of an earlier version, until it is rewritten. */
  shrinks(): Promise<boolean>
  /** Writes back what was written last, so that nobody else's commit has to: 10 ms, which no writer waits for. */
  writeBack(): Promise<void>
  /** Writes the whole file anew. Nobody else writes meanwhile: 200 MB take a second or two. */
  rewrite(): Promise<void>
}

export interface LedgerOptions {
  /** How long a read or a transaction tries for a lock, in ms. */
  patienceMs?: number
  /**
   * Looks for others' commits this often, in ms, and at no other time: for a reader to whom each waking
   * costs more than the delay. When absent it is told by the system, within some 50 ms.
   */
  lookMs?: number
  /** The clock and the ids that transactions are given. */
  now?: () => number
  newId?: NewId
  /** The schema this process knows, if it is not all of ours: that of an older version. */
  migrations?: readonly string[]
}
