import { MeshError } from "../model/errors.ts"
import type { Ledger } from "./ledger.ts"

const patienceMs = 500

/**
 * A ledger that is opened at first need: OpenCode's start does not wait for it, and a folder that
 * cannot be written costs the user our tools, not his session. Until `ready` has resolved, `read`
 * throws; a failed opening is tried again by the next `ready`.
 */
export const createLateLedger = (open: () => Promise<Ledger>) => {
  let opened: Ledger | undefined
  let opening: Promise<Ledger> | undefined
  let closed = false

  const ready = async (): Promise<void> => {
    if (opened) return
    opening ??= open().then(
      (ledger) => {
        if (closed) ledger.close()
        else opened = ledger
        return ledger
      },
      (error: unknown) => {
        opening = undefined
        throw error
      },
    )
    await opening
  }

  const now = () => {
    if (opened) return opened
    throw new MeshError("LEDGER_UNAVAILABLE", "The ledger is not open.", "Try again in a moment.")
  }

  const ledger: Ledger = {
    read: (query) => now().read(query),
    async transact(change) {
      await ready()
      return now().transact(change)
    },
    changed: () => opened?.changed() ?? false,
    close() {
      closed = true
      opened?.close()
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
