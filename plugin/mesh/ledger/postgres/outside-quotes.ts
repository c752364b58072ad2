// 'text', "name" and -- comment: what stands in them is no SQL.
const pieces = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*/g

/** Changes the SQL of a statement, and nothing that is quoted in it. */
export const outsideQuotes = (sql: string, change: (piece: string) => string) => {
  let result = ""
  let from = 0
  for (const { 0: quoted, index } of sql.matchAll(pieces)) {
    result += change(sql.slice(from, index)) + quoted
    from = index + quoted.length
  }
  return result + change(sql.slice(from))
}
