import { version } from "../../package.json" with { type: "json" }
import { createLazyLedger, type LazyLedger } from "../mesh/ledger/lazy-ledger.ts"
import type { LedgerOptions } from "../mesh/ledger/port.ts"
import type { Leases } from "../mesh/supervision/leases.ts"
import { createLedgerStore } from "../system/ledger-store.ts"

/** A ledger that this process has open once, for all projects that name the same place. */
export interface SharedLedger {
  lazyLedger: LazyLedger
  leases: Leases
  users: number
}

/** A project's share in the ledger of a place. It is closed when the last project has closed its own. */
export const shareLedger = (
  ledgers: Map<string, SharedLedger>,
  place: string,
  options: LedgerOptions = {},
): Pick<SharedLedger, "lazyLedger" | "leases"> => {
  // Another version of this plugin has another schema.
  const key = `${version} ${place}`
  const shared = ledgers.get(key) ?? openLedger(place, options)
  ledgers.set(key, shared)
  shared.users++
  const { ledger } = shared.lazyLedger
  let isClosed = false
  const close = async () => {
    if (isClosed) return
    isClosed = true
    shared.users--
    if (shared.users > 0) return
    ledgers.delete(key)
    await ledger.close()
  }
  return {
    lazyLedger: { ...shared.lazyLedger, ledger: { ...ledger, close } },
    leases: shared.leases,
  }
}

const openLedger = (place: string, options: LedgerOptions): SharedLedger => {
  const store = createLedgerStore(place)
  return { lazyLedger: createLazyLedger(() => store.open(options)), leases: store.leases, users: 0 }
}
