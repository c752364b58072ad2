import type { Ledger } from "./ledger.ts"

/**
 * Tells of commits to the ledger, whoever made them.
 *
 * Contract: listeners are called after a commit, at most once a tick, in the order in which they
 * came; several commits may make one call. A listener that throws does not keep the others from
 * being called. `nudge` announces this process's own commit at once.
 */
export interface Changes {
  subscribe(listener: () => void): () => void
  nudge(): void
  /** Resolves with the first value that is not undefined; checked now and after every commit. */
  until<T>(check: () => T | undefined, options: UntilOptions): Promise<T | undefined>
  close(): void
}

export interface UntilOptions {
  /** Gives up with undefined after this long. */
  timeoutMs: number
  signal?: AbortSignal | undefined
}

// A look at data_version costs 2 µs, so 20 a second cost nothing; 50 ms is what a person, and the
// promise of half a second from send to model, never notices.
const tickMs = 50

export const createChanges = (ledger: Ledger, onError: (error: unknown) => void): Changes => {
  const listeners = new Set<() => void>()
  const announce = () => {
    for (const listener of [...listeners]) {
      try {
        listener()
      } catch (error) {
        onError(error)
      }
    }
  }
  const look = () => {
    try {
      if (listeners.size > 0 && ledger.changed()) announce()
    } catch (error) {
      onError(error)
    }
  }
  const timer = setInterval(look, tickMs)
  timer.unref?.()

  const subscribe = (listener: () => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }

  return {
    subscribe,
    nudge: () => void queueMicrotask(look),
    until: (check, { timeoutMs, signal }) =>
      new Promise((resolve, reject) => {
        const end = (settle: () => void) => {
          clearTimeout(limit)
          unsubscribe()
          signal?.removeEventListener("abort", giveUp)
          settle()
        }
        const look = () => {
          try {
            const value = check()
            if (value !== undefined) end(() => resolve(value))
          } catch (error) {
            end(() => reject(error))
          }
        }
        const giveUp = () => end(() => resolve(undefined))
        const unsubscribe = subscribe(look)
        const limit = setTimeout(giveUp, timeoutMs)
        signal?.addEventListener("abort", giveUp, { once: true })
        if (signal?.aborted) giveUp()
        else look()
      }),
    close: () => {
      clearInterval(timer)
      listeners.clear()
    },
  }
}
