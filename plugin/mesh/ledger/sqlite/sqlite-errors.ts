import { createPatience } from "../patience.ts"
import { MeshError } from "../../model/errors.ts"

export const unavailable = (path: string, error: unknown) =>
  new MeshError(
    "LEDGER_UNAVAILABLE",
    `The ledger ${path} cannot be opened: ${messageOf(error)}`,
    "Make that folder writable, or set MESHFLEET_HOME to one that is.",
    { cause: error },
  )

export const closed = (path: string) =>
  new MeshError(
    "LEDGER_UNAVAILABLE",
    `The ledger ${path} is closed: this process is ending.`,
    "Start again where this process is replaced.",
  )

/** What SQLite says, in our codes; anything else stays what it is. */
export const translate = (error: unknown, path: string) => {
  if (error instanceof MeshError) return error
  const text = messageOf(error)
  if (/not a database|malformed/i.test(text))
    return new MeshError(
      "LEDGER_FOREIGN",
      `${path} is not a readable SQLite database: ${text}`,
      "Move it away, or set MESHFLEET_HOME to another folder.",
      { cause: error },
    )
  if (/disk is full|disk I\/O|readonly|read-only|unable to open/i.test(text))
    return new MeshError(
      "LEDGER_UNAVAILABLE",
      `The ledger ${path} cannot be written: ${text}`,
      "Free some disk space or make the folder writable, then call again; nothing was changed.",
      { cause: error },
    )
  return error
}

/**
 * A failed try is an exception, which costs as much as a send, and whoever takes turns at the lock
 * reads its pages anew: with 12 writers, waits of 12 ms on average need half the CPU of waits of 2 ms.
 */
const longestWaitMs = 25
/**
 * Whoever has waited for long tries more often than those who have just come, and so is not passed over
 * again and again: with 12 writers the slowest send took half as long, and as many were sent.
 */
const passedOverMs = 100
const longestWaitAfterMs = 4

/** Between two tries at the lock, in ms. */
export const pauseAfter = (waitedMs: number, random = Math.random()) =>
  random * (waitedMs < passedOverMs ? longestWaitMs : longestWaitAfterMs)

/**
 * Tries until the lock is free or `patienceMs` are over, with waits of random length: fairer and
 * faster under many writers than SQLite's own sleeps.
 */
export const retryBusy = async <T>(
  attempt: () => T | Promise<T>,
  patienceMs: number,
): Promise<T> => {
  try {
    return await attempt()
  } catch (error) {
    return retryAfter(error, attempt, patienceMs)
  }
}

/** The same after a first try that failed with `error`. */
export const retryAfter = async <T>(
  error: unknown,
  attempt: () => T | Promise<T>,
  patienceMs: number,
): Promise<T> => {
  const patience = createPatience(patienceMs)
  const began = performance.now()
  for (let last = error; ;) {
    if (!isBusy(last)) throw last
    if (patience.isOver())
      throw new MeshError(
        "LEDGER_BUSY",
        `The ledger stayed locked for ${patienceMs} ms.`,
        "Try again; if it stays locked, look for a process that keeps mesh.db open.",
        { cause: last },
      )
    const pauseMs = pauseAfter(performance.now() - began)
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
    try {
      return await attempt()
    } catch (error) {
      last = error
    }
  }
}
const isBusy = (error: unknown) =>
  /SQLITE_BUSY|database (table )?is locked/i.test(
    `${(error as { code?: string }).code} ${messageOf(error)}`,
  )

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
