import { dirname, resolve } from "node:path"
import type { Ledger, LedgerOptions } from "../mesh/ledger/port.ts"
import { shownAddress } from "../mesh/ledger/postgres/address.ts"
import type { PostgresLedger } from "../mesh/ledger/postgres/ledger.ts"
import { openSqliteLedger } from "../mesh/ledger/sqlite/sqlite-ledger.ts"
import { MeshError } from "../mesh/model/errors.ts"
import { isPostgresAddress } from "../mesh/model/ledger-place.ts"
import type { Leases } from "../mesh/supervision/leases.ts"
import { createFileLeases } from "./file-leases.ts"
import { pathsIn } from "./mesh-home.ts"

/** A ledger that is still to be opened, and the leases that are kept with it. */
export interface LedgerStore {
  open(options?: LedgerOptions): Promise<Ledger>
  leases: Leases
}

/** Where the setting says, else a file in the mesh home; a path is meant from there. */
export const ledgerPlace = (home: string, setting: string | undefined) => {
  if (setting === undefined) return pathsIn(home).ledger
  return isPostgresAddress(setting) ? setting : resolve(home, setting)
}

/** To be shown and kept: an address without its password. */
export const shownPlace = (place: string) =>
  isPostgresAddress(place) ? shownAddress(place) : place

export const createLedgerStore = (place: string): LedgerStore =>
  isPostgresAddress(place) ? inDatabase(place) : inFile(place)

const inFile = (path: string): LedgerStore => ({
  open: (options) => openSqliteLedger(path, options),
  leases: createFileLeases(dirname(path)),
})

const inDatabase = (address: string): LedgerStore => {
  let opened: PostgresLedger | undefined
  return {
    // Loaded when asked for: hardly anybody's ledger is there, and OpenCode starts without it.
    async open(options) {
      const { openPostgresLedger } = await import("../mesh/ledger/postgres/ledger.ts")
      return (opened = await openPostgresLedger(address, options))
    },
    leases: {
      async acquire(fleetId, onLost) {
        // Whoever knows of a fleet has read the ledger.
        if (!opened)
          throw new MeshError(
            "LEDGER_UNAVAILABLE",
            "The ledger is not open.",
            "Try again in a moment.",
          )
        const { createDatabaseLeases } = await import("./database-leases.ts")
        return createDatabaseLeases(opened).acquire(fleetId, onLost)
      },
    },
  }
}
