import * as z from "zod"
import type { Column, Table } from "../ledger/columns.ts"
import type { WholeRow } from "../ledger/whole-rows.ts"
import { errorText } from "../model/errors.ts"

/** The name of this form of a ledger, in the first line of every such file. */
export const schemaTag = "meshfleet.ledger"

export const headerLine = z.strictObject({
  schema: z.literal(schemaTag),
  /** That of the ledger it was taken from. */
  version: z.int().min(1),
  exported_at: z.iso.datetime(),
  fleet_id: z.string().min(1).optional(),
})
export type Header = z.infer<typeof headerLine>

/** The last line: without it the file was cut off. */
export const endLine = z.strictObject({ end: z.literal(true), rows: z.int().min(0) })

const rowLine = z.strictObject({ table: z.string(), row: z.unknown() })

const valueOf = ({ type, isNullable }: Column) => {
  const value = type === "text" ? z.string() : type === "integer" ? z.int() : z.number()
  return isNullable ? value.nullable() : value
}

export interface Row {
  table: Table
  row: WholeRow
}

/** Reads the lines of rows of a ledger with these tables. Throws what is wrong with one, in words. */
export const createRowReader = (tables: readonly Table[]) => {
  const readers = new Map(
    tables.map((table) => [
      table.name,
      {
        table,
        row: z.strictObject(
          Object.fromEntries(table.columns.map((column) => [column.name, valueOf(column)])),
        ),
      },
    ]),
  )
  return (value: unknown): Row => {
    const line = rowLine.parse(value)
    const reader = readers.get(line.table)
    if (!reader) throw new Error(`there is no table "${line.table.slice(0, 60)}" in this schema`)
    return { table: reader.table, row: reader.row.parse(line.row) }
  }
}

/** In one line, whoever found it. */
export const wordsOf = (error: unknown) =>
  error instanceof z.ZodError
    ? error.issues
        .map(({ path, message }) => [path.join("."), message].filter(Boolean).join(": "))
        .join("; ")
    : errorText(error)

/** Whether a file begins as an exported ledger does. */
export const isExported = (firstLine: string) => firstLine.includes(JSON.stringify(schemaTag))
