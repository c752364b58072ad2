import { promptSettlesMs } from "../runtime/sessions.ts"

/** How often a host looks, and how long it waits for others. */
export interface Pace {
  /** Every commit is a look too; this one is for what only time brings. */
  lookMs: number
  /** A model that streams fast must not make the ledger busy. */
  flushMs: number
  /** How long OpenCode may take from a stored prompt to a busy session. */
  settleMs: number
  /** An end that could not be written is tried again after this. */
  judgeAgainMs: number
  /** How often the sessions of agents at work are looked for in the store. */
  sessionsMs: number
  /** What OpenCode may take from deleting a session's children to the session itself. */
  deletionMs: number
  /** A session that could not be read is read again after this. */
  readAgainMs: number
}

export const defaultPace: Pace = {
  lookMs: 500,
  flushMs: 1000,
  settleMs: promptSettlesMs,
  judgeAgainMs: 1000,
  sessionsMs: 3000,
  deletionMs: 1000,
  readAgainMs: 200,
}
