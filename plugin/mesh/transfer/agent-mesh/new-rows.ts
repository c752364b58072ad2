import type { WholeRow } from "../../ledger/whole-rows.ts"
import type { TheirAgent } from "./format.ts"

/** A row of ours, without what may be left to the column. */
export interface NewRow {
  table: string
  row: WholeRow
}

/** What has no place here, and how much of it there was. */
export type LeftOut = Record<string, number>

export interface Converted {
  rows: readonly NewRow[]
  leftOut: LeftOut
}

/** What happened, before it is put in order with the rest. */
export interface Happened {
  at: number
  type: string
  fleetId: string
  agentId?: string | undefined
  data?: Record<string, unknown>
}

/** A fleet of theirs that has agents. */
export interface TheirFleet {
  id: string
  createdAt: number
  endedAt: number
  agents: ReadonlyMap<string, TheirAgent>
}

/** Counts what is left out, and why. */
export type Leave = (what: string, count?: number) => void
