import { existsSync } from "node:fs"
import type { Query } from "../mesh/ledger/port.ts"
import { allOpenHosts } from "../mesh/ledger/tables/hosts.ts"
import { runningFleets } from "../mesh/ledger/tables/fleets.ts"
import { sessionOwners } from "../mesh/ledger/tables/sessions.ts"
import { isPostgresAddress } from "../mesh/model/ledger-place.ts"
import { readConfig } from "../system/config-files.ts"
import { createLedgerStore, ledgerPlace, shownPlace } from "../system/ledger-store.ts"
import { isAlive } from "../system/processes.ts"
import type { Env } from "./config/config-places.ts"

/** The ledger as it is, for those who only want to know: none is made where there is none. */
export const lookAtLedger = async <T>(
  { directory, env, home }: { directory: string; env: Env; home: string },
  look: (read: <R>(step: (db: Query) => Promise<R>) => Promise<R>) => Promise<T>,
): Promise<T | undefined> => {
  const place = ledgerPlace(home, readConfig(directory, {}, env).config.ledger)
  if (!isPostgresAddress(place) && !existsSync(place)) return undefined
  const ledger = await createLedgerStore(place).open()
  try {
    return await look((step) => ledger.read(step))
  } finally {
    await ledger.close()
  }
}

/** The database that holds the ledger, when it is no file of ours. */
export const databaseOf = (directory: string, env: Env, home: string): string | undefined => {
  const place = ledgerPlace(home, readConfig(directory, {}, env).config.ledger)
  return isPostgresAddress(place) ? shownPlace(place) : undefined
}

/** Who needs the ledger now: fleets that run, and processes that have it open. */
export const usersOf = async (db: Query) => {
  const fleets = await runningFleets(db)
  const processes = [...(await sessionOwners(db)), ...(await allOpenHosts(db))]
  const living = processes.flatMap(({ pid, process_start }) =>
    pid !== null && process_start !== null && isAlive({ pid, process_start }) ? [pid] : [],
  )
  return { fleets, pids: [...new Set(living)] }
}
