import { outsideQuotes } from "./outside-quotes.ts"

/** `?` for a value, as SQLite has it, becomes `$1`, `$2`, … */
export const numberPlaceholders = (sql: string) => {
  let count = 0
  return outsideQuotes(sql, (piece) => piece.replaceAll("?", () => `$${++count}`))
}
