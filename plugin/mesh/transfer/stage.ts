import { join } from "node:path"
import { auditLedger, type Finding } from "../audit/audit.ts"
import { migrations, schemaVersion } from "../ledger/migrations.ts"
import type { Ledger, LedgerOptions } from "../ledger/port.ts"
import { openSqliteLedger } from "../ledger/sqlite/sqlite-ledger.ts"
import { insertWholeRows, type WholeRow } from "../ledger/whole-rows.ts"
import { tablesOf } from "../ledger/columns.ts"
import { MeshError } from "../model/errors.ts"
import { endWhatRan } from "./arrive.ts"
import { createRowReader, endLine, type Header, headerLine, type Row, wordsOf } from "./line.ts"

/** A ledger that is looked at as a whole before any of it comes into another one. */
export interface Staged {
  ledger: Ledger
  /** Those that were at work, and are not any more. */
  interrupted: readonly string[]
}

const batchRows = 500

/**
 * Puts an exported ledger into a file of its own, in the version it was taken from, and brings that up
 * to date as any ledger. Refuses all of it at the first line that is wrong.
 */
export const stageLines = async (
  lines: AsyncIterable<string> | Iterable<string>,
  folder: string,
  options: LedgerOptions,
): Promise<Staged> => {
  const path = join(folder, "staged.db")
  let ledger: Ledger | undefined
  let number = 0
  let rows = 0
  let isOver = false
  let readRow: ReturnType<typeof createRowReader> | undefined
  let batch: { row: Row; line: number }[] = []

  const begin = async (line: string) => {
    const header = parsed(line, number, (value) => headerLine.parse(value))
    refuseNewer(header)
    const known = migrations.slice(0, header.version)
    readRow = createRowReader(tablesOf(known))
    ledger = await openSqliteLedger(path, { ...options, migrations: known })
  }
  const flush = async () => {
    const filed = batch
    batch = []
    await ledger!.transact(async (tx) => {
      for (const { row, line } of filed)
        try {
          await insertWholeRows(tx, row.table.name, [row.row])
        } catch (error) {
          throw refusal(`Line ${line}`, `${row.table.name}: ${wordsOf(error)}`)
        }
    })
  }
  try {
    for await (const line of lines) {
      number++
      if (line.trim() === "") continue
      if (!readRow) {
        await begin(line)
        continue
      }
      if (isOver) throw refusal(`Line ${number}`, "there is more after the end")
      const read = readRow
      const value = parsed(line, number, (json) => (isEnd(json) ? endLine.parse(json) : read(json)))
      if ("end" in value) {
        isOver = true
        if (value.rows !== rows)
          throw refusal(`Line ${number}`, `${value.rows} rows were written, and ${rows} are here`)
        continue
      }
      rows++
      batch.push({ row: value, line: number })
      if (batch.length === batchRows) await flush()
    }
    if (!readRow) throw refusal("Line 1", "the file is empty")
    if (!isOver)
      throw refusal(`Line ${number}`, "the file ends before its last line: it was cut off")
    await flush()
    await ledger!.close()
    ledger = await openSqliteLedger(path, options)
    return await settleStaged(ledger)
  } catch (error) {
    await ledger?.close()
    throw error
  }
}

/** The same of rows that were made here. */
export const stageRows = async (
  rows: readonly { table: string; row: WholeRow }[],
  folder: string,
  options: LedgerOptions,
): Promise<Staged> => {
  const ledger = await openSqliteLedger(join(folder, "staged.db"), options)
  try {
    await ledger.transact(async (tx) => {
      for (const { table, row } of rows)
        try {
          await insertWholeRows(tx, table, [row])
        } catch (error) {
          throw refusal(`${table} ${row["id"] ?? ""}`.trim(), wordsOf(error))
        }
    })
    return await settleStaged(ledger)
  } catch (error) {
    await ledger.close()
    throw error
  }
}

/** Ends what ran, and checks that all of it fits together. */
const settleStaged = async (ledger: Ledger): Promise<Staged> => {
  const interrupted = await endWhatRan(ledger)
  const { findings } = await ledger.read(auditLedger)
  const errors = findings.filter(({ severity }) => severity === "error")
  if (errors.length > 0) throw unsound(errors)
  return { ledger, interrupted }
}

const isEnd = (value: unknown) => typeof value === "object" && value !== null && "end" in value

const parsed = <T>(line: string, number: number, read: (value: unknown) => T): T => {
  try {
    return read(JSON.parse(line))
  } catch (error) {
    throw refusal(`Line ${number}`, wordsOf(error))
  }
}

const refuseNewer = ({ version }: Header) => {
  if (version > schemaVersion)
    throw new MeshError(
      "LEDGER_NEWER",
      `Line 1: the file was written with schema ${version}; this Meshfleet knows only ${schemaVersion}.`,
      "Update Meshfleet, then import it again; nothing was changed.",
    )
}

const refusal = (where: string, why: string) =>
  new MeshError(
    "INVALID_ARGUMENT",
    `${where}: ${why.slice(0, 500)}.`,
    "Export it again where it comes from; nothing was imported.",
  )

const mostTold = 5

const unsound = (errors: readonly Finding[]) =>
  new MeshError(
    "INVALID_ARGUMENT",
    `It contradicts itself in ${errors.length} places: ${errors
      .slice(0, mostTold)
      .map(({ check, subject }) => `${check} (${subject})`)
      .join(", ")}${errors.length > mostTold ? ", …" : ""}.`,
    "Nothing was imported. meshfleet verify, where it comes from, says what each of these means.",
  )
