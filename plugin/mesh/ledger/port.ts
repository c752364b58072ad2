import type { NewId } from "../model/ids.ts"

export type Param = string | number | null

/** What is committed. */
export interface Query {
  get<Row>(sql: string, ...params: Param[]): Row | undefined
  all<Row>(sql: string, ...params: Param[]): Row[]
}

/** A transaction under way: it sees its own writes, and nobody else does until it is over. */
export interface Tx extends Query {
  run(sql: string, ...params: Param[]): { changes: number }
  /** The instant of the transaction, in ms since 1970. */
  readonly at: number
  readonly newId: NewId
}
