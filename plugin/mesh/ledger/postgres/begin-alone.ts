import { applicationId } from "../migrations.ts"

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
