import { oneAtATime } from "../model/one-at-a-time.ts"
import type { Ledger } from "./port.ts"

/**
 * Tells of commits to the ledger, whoever made them.
 *
 * Contract: listeners are called after a commit in the order in which they came; several commits may
 * make one call. What one of them throws, or rejects with later, goes to the log and does not keep
 * the others from being called.
 */
export interface Changes {
  subscribe(listener: () => void | Promise<void>): () => void
  /** Resolves with the first value that is not undefined; checked now and after every commit. */
  until<T>(
    check: () => T | undefined | Promise<T | undefined>,
    options: UntilOptions,
  ): Promise<T | undefined>
  close(): void
}

export interface UntilOptions {
  /** Gives up with undefined after this long. */
  timeoutMs: number
  signal?: AbortSignal | undefined
}

export const createChanges = (ledger: Ledger, onError: (error: unknown) => void): Changes => {
  const listeners = new Set<() => void | Promise<void>>()
  const call = async (listener: () => void | Promise<void>) => {
    try {
      await listener()
    } catch (error) {
      onError(error)
    }
  }
  let unsubscribe: (() => void) | undefined
  const subscribe = (listener: () => void | Promise<void>) => {
    listeners.add(listener)
    unsubscribe ??= ledger.subscribe(() => {
      for (const each of [...listeners]) void call(each)
    })
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0) close()
    }
  }
  const close = () => {
    listeners.clear()
    unsubscribe?.()
    unsubscribe = undefined
  }

  return {
    subscribe,
    close,
    until: (check, { timeoutMs, signal }) =>
      new Promise((resolve, reject) => {
        let isOver = false
        const end = (settle: () => void) => {
          if (isOver) return
          isOver = true
          clearTimeout(limit)
          unlisten()
          signal?.removeEventListener("abort", giveUp)
          settle()
        }
        const look = oneAtATime(async () => {
          if (isOver) return
          try {
            const value = await check()
            if (value !== undefined) end(() => resolve(value))
          } catch (error) {
            end(() => reject(error))
          }
        })
        const giveUp = () => end(() => resolve(undefined))
        const unlisten = subscribe(look)
        const limit = setTimeout(giveUp, timeoutMs)
        signal?.addEventListener("abort", giveUp, { once: true })
        if (signal?.aborted) giveUp()
        else void look()
      }),
  }
}
