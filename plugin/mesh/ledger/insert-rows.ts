import type { Param, Tx } from "./port.ts"

/** So many rows go in with one statement: each costs a third of what it would alone. */
const rowsAtOnce = 50

type Row = readonly Param[]

/** For each `insert` (all before VALUES) the statements for one row and for many, so that both stay prepared. */
const statements = new Map<string, { one: string; many: string }>()

const statementsOf = (insert: string, width: number, after: string) => {
  const known = statements.get(insert)
  if (known) return known
  const row = `(${Array<string>(width).fill("?").join(", ")})`
  const many = Array<string>(rowsAtOnce).fill(row).join(", ")
  const made = {
    one: `${insert} VALUES ${row}${after}`,
    many: `${insert} VALUES ${many}${after}`,
  }
  statements.set(insert, made)
  return made
}

/** Inserts rows of one table in their order. One `insert` has one `after`, such as RETURNING. */
export const insertRows = async <Returned = never>(
  tx: Tx,
  insert: string,
  rows: readonly Row[],
  after = "",
): Promise<Returned[]> => {
  if (rows.length === 0) return []
  const { one, many } = statementsOf(insert, rows[0]!.length, after)
  const returned: Returned[] = []
  let at = 0
  for (; at + rowsAtOnce <= rows.length; at += rowsAtOnce)
    returned.push(...(await put<Returned>(tx, many, rows.slice(at, at + rowsAtOnce).flat(), after)))
  for (; at < rows.length; at++) returned.push(...(await put<Returned>(tx, one, rows[at]!, after)))
  return returned
}

const put = async <Returned>(tx: Tx, sql: string, values: Row, after: string) => {
  if (after !== "") return tx.all<Returned>(sql, ...values)
  await tx.run(sql, ...values)
  return []
}
