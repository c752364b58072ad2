import type { Changes } from "../../mesh/ledger/changes.ts"

// Timers take no more than 24 days.
const longestMs = 2 ** 31 - 1

/**
 * Calls `look` now and after every commit until it answers something or the command is interrupted.
 * Keeps the process alive meanwhile.
 */
export const untilInterrupted = async <T>(
  changes: Changes,
  interrupted: AbortSignal,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> => {
  for (;;) {
    const found = await changes.until(look, { timeoutMs: longestMs, signal: interrupted })
    if (found !== undefined || interrupted.aborted) return found
  }
}
