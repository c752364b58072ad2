import { MeshError } from "../model/errors.ts"
import type { Ledger } from "./port.ts"

const patienceMs = 500

/**
 * A ledger that is opened at first need: OpenCode's start does not wait for it, and a folder that
 * cannot be written costs the user our tools, not the session. A failed opening is tried again by the
 * next call that needs it.
 */
export const createLazyLedger = (open: () => Promise<Ledger>) => {
  let opened: Ledger | undefined
  let opening: Promise<Ledger> | undefined
  let closed = false
  const listeners = new Map<() => void, (() => void) | undefined>()

  const ready = async (): Promise<Ledger> => {
    if (opened) return opened
    if (closed)
      throw new MeshError("LEDGER_UNAVAILABLE", "The ledger is closed.", "Restart OpenCode.")
    opening ??= open().then(
      async (ledger) => {
        if (closed) await ledger.close()
        else opened = ledger
        for (const listener of listeners.keys()) listeners.set(listener, ledger.subscribe(listener))
        return ledger
      },
      (error: unknown) => {
        opening = undefined
        throw error
      },
    )
    return opening
  }

  const ledger: Ledger = {
    read: async (query) => (opened ?? (await ready())).read(query),
    transact: async (change) => (opened ?? (await ready())).transact(change),
    subscribe(listener) {
      listeners.set(listener, opened?.subscribe(listener))
      return () => {
        listeners.get(listener)?.()
        listeners.delete(listener)
      }
    },
    async close() {
      closed = true
      await opened?.close()
      opened = undefined
    },
  }
  /** For a prompt that comes with OpenCode's start: opening takes 30 ms, and it waits no longer than this. */
  const isOpenSoon = async () => {
    if (!opened) await Promise.race([ready(), new Promise((go) => setTimeout(go, patienceMs))])
    return opened !== undefined
  }

  return { ledger, ready, isOpenSoon, isOpen: () => opened !== undefined }
}

export type LazyLedger = ReturnType<typeof createLazyLedger>
