import type { Upkeep } from "../port.ts"
import type { Connection } from "./connection.ts"
import { pragma } from "./sqlite-schema.ts"

/** Each page that is moved is read and written: so many take some 2 ms. */
const pagesAtOnce = 100

/** What SQLite calls giving space back when it is asked to, and not with every commit. */
const incremental = 2

/** `inTurn` gives this process's turn to write, and tries again while others write. */
export const createUpkeep = (
  db: Connection,
  inTurn: <T>(work: () => T) => Promise<T>,
): Required<Upkeep> => {
  const free = () => pragma(db, "freelist_count")
  const shrinks = () => pragma(db, "auto_vacuum") === incremental
  return {
    size: () =>
      inTurn(() => {
        const pageBytes = pragma(db, "page_size")
        return { bytes: pragma(db, "page_count") * pageBytes, freeBytes: free() * pageBytes }
      }),
    reclaim: () =>
      inTurn(() => {
        if (!shrinks() || free() === 0) return false
        // Each row it answers with is one page: exec asks for all of them.
        db.exec(`PRAGMA incremental_vacuum(${pagesAtOnce})`)
        return free() > 0
      }),
    shrinks: () => inTurn(shrinks),
    writeBack: () => inTurn(() => db.exec("PRAGMA wal_checkpoint(PASSIVE)")),
    rewrite: () =>
      inTurn(() => {
        db.exec(`PRAGMA auto_vacuum = ${incremental}`)
        db.exec("VACUUM")
        db.exec("PRAGMA wal_checkpoint(TRUNCATE)")
      }),
  }
}
