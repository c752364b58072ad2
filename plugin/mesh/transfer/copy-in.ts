import { migrations } from "../ledger/migrations.ts"
import type { Ledger, Query, Tx } from "../ledger/port.ts"
import {
  hasRow,
  highestIn,
  insertWholeRows,
  isEmptyTable,
  type WholeRow,
  wholeRows,
} from "../ledger/whole-rows.ts"
import type { Table } from "../ledger/columns.ts"
import { appendEvent, lastEvent } from "../ledger/tables/events.ts"
import { MeshError } from "../model/errors.ts"
import {
  grants,
  isRoot,
  keptTables,
  nameOf,
  numberedTables,
  renumber,
  travellingTables,
} from "./travelling.ts"

/** Few enough that no row of ours, times that, has more values than a statement may have. */
const pageRows = 100

export interface Copied {
  /** Rows written, by table. */
  counts: Record<string, number>
  /** Rows left where they were, by table. */
  left: Record<string, number>
}

export interface CopyOptions {
  withGrants: boolean
  isDryRun: boolean
  from: "meshfleet" | "agent-mesh"
  /** What is the same for the same content, by which a second import is known. */
  fingerprint?: string
}

/** Brings all of a staged ledger into another, in one transaction, or nothing of it. */
export const copyIn = async (
  source: Ledger,
  target: Ledger,
  { withGrants, isDryRun, from, fingerprint }: CopyOptions,
): Promise<Copied> => {
  const tables = travellingTables(migrations)
  if (isDryRun) {
    await target.read((db) => refuseConflicts(db, source, tables))
    return countAll(source, tables, withGrants)
  }
  return target.transact(async (tx) => {
    await refuseConflicts(tx, source, tables)
    // A ledger that was empty becomes the other one, and nothing else.
    if (fingerprint !== undefined || (await lastEvent(tx)) > 0)
      await appendEvent(tx, {
        type: "ledger.imported",
        data: { from, ...(fingerprint !== undefined && { fingerprint }) },
      })
    const highest: Record<string, number> = {}
    for (const each of numberedTables) highest[each] = await highestIn(tx, each, "seq")
    const copied: Copied = { counts: {}, left: {} }
    for (const table of tables)
      await eachPage(source, table, async (rows) => {
        const moved = rows.map((row) => renumber(table, row, highest))
        const written = isTaken(table, withGrants) ? await write(tx, table, moved) : 0
        count(copied, table, written, rows.length - written)
      })
    return copied
  })
}

const write = (tx: Tx, table: Table, rows: readonly WholeRow[]) =>
  insertWholeRows(tx, table.name, rows, keptTables.includes(table.name))

const isTaken = ({ name }: Table, withGrants: boolean) => withGrants || name !== grants

const countAll = async (source: Ledger, tables: readonly Table[], withGrants: boolean) => {
  const copied: Copied = { counts: {}, left: {} }
  for (const table of tables)
    await eachPage(source, table, async ({ length }) => {
      const isWritten = isTaken(table, withGrants)
      count(copied, table, isWritten ? length : 0, isWritten ? 0 : length)
    })
  return copied
}

const count = ({ counts, left }: Copied, { name }: Table, written: number, rest: number) => {
  if (written > 0) counts[name] = (counts[name] ?? 0) + written
  if (rest > 0) left[name] = (left[name] ?? 0) + rest
}

const eachPage = async (
  source: Ledger,
  table: Table,
  visit: (rows: readonly WholeRow[]) => Promise<void>,
) => {
  let after: WholeRow | undefined
  do {
    const page = await source.read((db) => wholeRows(db, table, { after, limit: pageRows }))
    if (page.length > 0) await visit(page)
    after = page.length < pageRows ? undefined : page.at(-1)
  } while (after)
}

const mostTold = 10

/** A second import of the same ledger meets this. */
const refuseConflicts = async (db: Query, source: Ledger, tables: readonly Table[]) => {
  const met: string[] = []
  let more = 0
  for (const table of tables) {
    if (!isRoot(table) || keptTables.includes(table.name) || (await isEmptyTable(db, table)))
      continue
    await eachPage(source, table, async (rows) => {
      for (const row of rows) {
        const name = nameOf(table, row)
        if (!(await hasRow(db, table, name))) continue
        if (met.length < mostTold) met.push(`${table.name} ${Object.values(name).join(" ")}`)
        else more++
      }
    })
  }
  if (met.length > 0)
    throw new MeshError(
      "NAME_TAKEN",
      `This ledger has some of it already: ${met.join(", ")}${more > 0 ? `, and ${more} more` : ""}.`,
      "Nothing was imported. If it was imported before, there is nothing to do; else set MESHFLEET_HOME to an empty folder and import it there.",
    )
}
