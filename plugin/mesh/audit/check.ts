import type { Query } from "../ledger/port.ts"

/** One thing that holds in every sound ledger. */
export interface Check {
  /** Stable: what is written down about a finding refers to it. */
  id: string
  /** An error is a lost or changed fact; a warning may come from a clock or from work under way. */
  severity: "error" | "warning"
  /** What is wrong, where it is found. */
  explains: string
  /** What to do about it. */
  remedy: string
  /** Where it does not hold. */
  find(db: Query): Promise<readonly Found[]>
}

/** A row, and what of it shows that something is wrong. */
export interface Found {
  subject: string
  detail: string
}

/** As many as one check tells of: a ledger that is wrong throughout is no less wrong for it. */
export const mostFound = 50

/** A check whose statement selects `subject` and `detail` of every row that is wrong. */
export const bySql = ({
  sql,
  ...check
}: Omit<Check, "find" | "severity"> & { sql: string; severity?: Check["severity"] }): Check => ({
  severity: "error",
  ...check,
  find: (db) => db.all<Found>(`SELECT * FROM (${sql}) AS found LIMIT ${mostFound}`),
})

/** A row of `table` whose `column` names no row of another table. */
export const missing = (
  id: string,
  { table, subject, column, target, key = "id", where = "1 = 1", remedy }: Reference,
): Check =>
  bySql({
    id,
    explains: `${table}.${column} names a row of ${target} that is not there`,
    remedy: remedy ?? restoreRemedy,
    sql: `SELECT ${subject} AS subject, ${column} AS detail FROM ${table} t
          WHERE ${column} IS NOT NULL AND ${where}
            AND NOT EXISTS (SELECT 1 FROM ${target} o WHERE o.${key} = t.${column})`,
  })

interface Reference {
  table: string
  subject: string
  column: string
  target: string
  key?: string
  where?: string
  remedy?: string
}

/** A value that is none of those there are. */
export const oneOf = (
  id: string,
  {
    table,
    subject,
    column,
    values,
  }: { table: string; subject: string; column: string; values: readonly string[] },
): Check =>
  bySql({
    id,
    explains: `${table}.${column} is none of ${values.join(", ")}`,
    remedy: restoreRemedy,
    sql: `SELECT ${subject} AS subject, ${column} AS detail FROM ${table}
          WHERE ${column} NOT IN (${values.map((value) => `'${value}'`).join(", ")})`,
  })

/** JSON that does not parse. */
export const parses = (
  id: string,
  {
    table,
    subject,
    column,
    where = "1 = 1",
  }: { table: string; subject: string; column: string; where?: string },
): Check => ({
  id,
  severity: "error",
  explains: `${table}.${column} is no JSON`,
  remedy: restoreRemedy,
  async find(db) {
    const rows = await db.all<Found>(
      `SELECT ${subject} AS subject, ${column} AS detail FROM ${table}
       WHERE ${column} IS NOT NULL AND ${where}`,
    )
    return rows
      .filter(({ detail }) => !isJson(detail))
      .slice(0, mostFound)
      .map(({ subject: row, detail }) => ({ subject: row, detail: `${detail.length} characters` }))
  },
})

const isJson = (text: string) => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

export const restoreRemedy =
  "Something outside of Meshfleet wrote into the ledger: restore it from a copy, or go on knowing that this row is wrong."
