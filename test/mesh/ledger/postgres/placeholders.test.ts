import { describe, expect, test } from "bun:test"
import { numberPlaceholders } from "../../../../plugin/mesh/ledger/postgres/placeholders.ts"

describe("placeholders", () => {
  test("are numbered in their order", () => {
    expect(numberPlaceholders("UPDATE a SET b = ?, c = ? WHERE d = ?")).toBe(
      "UPDATE a SET b = $1, c = $2 WHERE d = $3",
    )
  })

  test("are none within quotes and comments", () => {
    const sql = `SELECT '?', 'it''s ?', "a?", "b""?" -- why?\n FROM t WHERE x = ? AND y <> '' AND z = ?`
    expect(numberPlaceholders(sql)).toBe(
      `SELECT '?', 'it''s ?', "a?", "b""?" -- why?\n FROM t WHERE x = $1 AND y <> '' AND z = $2`,
    )
  })
})
