import type { Table } from "./columns.ts"
import type { Param, Query, Tx } from "./port.ts"

/** A row as the ledger keeps it, with all of its columns in the table's order. */
export type WholeRow = Record<string, Param>

export interface Page {
  after: WholeRow | undefined
  limit: number
  /** A condition that rows have to meet, with its values. */
  where?: { sql: string; params: readonly Param[] } | undefined
}

/** The next rows of a table, in the order of its key. */
export const wholeRows = (db: Query, table: Table, { after, limit, where }: Page) => {
  const key = table.key.join(", ")
  const conditions = [
    where?.sql ?? "1 = 1",
    ...(after ? [`(${key}) > (${table.key.map(() => "?").join(", ")})`] : []),
  ]
  return db.all<WholeRow>(
    `SELECT ${columnsOf(table)} FROM ${table.name} WHERE ${conditions.join(" AND ")}
     ORDER BY ${key} LIMIT ?`,
    ...(where?.params ?? []),
    ...(after ? table.key.map((column) => after[column]!) : []),
    limit,
  )
}

/**
 * Writes rows as another ledger held them: the one writer beside each table's own, for a ledger that
 * moves. All have the columns of the first. Those whose key is there already are left out where
 * `isKept`; elsewhere they are an error.
 */
export const insertWholeRows = async (
  tx: Tx,
  table: string,
  rows: readonly WholeRow[],
  isKept = false,
) => {
  if (rows.length === 0) return 0
  const columns = Object.keys(rows[0]!)
  const one = `(${columns.map(() => "?").join(", ")})`
  const { changes } = await tx.run(
    `INSERT INTO ${table} (${columns.join(", ")}) VALUES ${rows.map(() => one).join(", ")}
     ${isKept ? "ON CONFLICT DO NOTHING" : ""}`,
    ...rows.flatMap((row) => columns.map((column) => row[column]!)),
  )
  return changes
}

/** Whether a row with these values is there. */
export const hasRow = async (db: Query, table: Table, values: WholeRow) =>
  (await db.get(
    `SELECT 1 AS found FROM ${table.name}
     WHERE ${Object.keys(values)
       .map((column) => `${column} = ?`)
       .join(" AND ")} LIMIT 1`,
    ...Object.values(values),
  )) !== undefined

export const isEmptyTable = async (db: Query, table: Table) =>
  (await db.get(`SELECT 1 AS found FROM ${table.name} LIMIT 1`)) === undefined

/** The highest of a column of numbers; 0 when there is none. */
export const highestIn = async (db: Query, table: string, column: string) =>
  (await db.get<{ n: number | null }>(`SELECT max(${column}) AS n FROM ${table}`))?.n ?? 0

const columnsOf = ({ columns }: Table) => columns.map(({ name }) => name).join(", ")
