import { outsideQuotes } from "./outside-quotes.ts"
import { schemaName } from "./startup-options.ts"

/**
 * A migration, written for SQLite, as Postgres has it:
 * - Times are milliseconds, which need 64 bits.
 * - Text is compared byte by byte, so that both give the same order.
 * - References tell readers what belongs together. SQLite does not enforce ours, so neither may Postgres.
 * - An `INTEGER PRIMARY KEY` is numbered as SQLite does it: by the highest there is, and one. With a
 *   sequence each change that was taken back would leave a gap, as if something had been lost.
 */
export const schemaForPostgres = (migration: string) =>
  outsideQuotes(migration, (piece) =>
    piece
      .replace(/\bCREATE TABLE (\w+) \((\s*)(\w+) INTEGER PRIMARY KEY\b/g, numbered)
      .replace(/\bINTEGER\b/g, "BIGINT")
      .replace(/\bREAL\b/g, "DOUBLE PRECISION")
      .replace(/\bTEXT\b/g, 'TEXT COLLATE "C"')
      .replace(/ REFERENCES \w+ \(\w+\)/g, ""),
  )

// Only one transaction writes at a time, so no other can be given the same number.
const numbered = (_: string, table: string, space: string, column: string) => {
  const next = `${schemaName}.next_${table}_${column}()`
  return `CREATE FUNCTION ${next} RETURNS BIGINT LANGUAGE plpgsql AS
  'BEGIN RETURN (SELECT COALESCE(max(${column}), 0) + 1 FROM ${schemaName}.${table}); END';
  CREATE TABLE ${table} (${space}${column} BIGINT PRIMARY KEY DEFAULT ${next}`
}
