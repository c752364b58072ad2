import { expect, test } from "bun:test"
import { decodeText, encodeText } from "../../../../plugin/mesh/ledger/postgres/text.ts"

test("ordinary text is stored as it is", () => {
  for (const text of ["", "plain", "🛰️ é ß", "C:\\u0000", "\t\n\u001b[31m"])
    expect(encodeText(text)).toBe(text)
})

test("what Postgres cannot store is written in characters that it can, and comes back", () => {
  const texts = [
    "\0",
    "a\0b",
    "\u0010",
    "\u00100000",
    "\u0010\0",
    "\ud83d",
    "\ude80",
    "\ude80\ud83d",
    "\ud83d\ud83d\ude80",
    "🚀\ud83d",
  ]
  for (const text of texts) {
    const stored = encodeText(text)
    expect(stored.includes("\0")).toBe(false)
    expect(stored.isWellFormed()).toBe(true)
    expect(decodeText(stored)).toBe(text)
  }
  expect(new Set(texts.map(encodeText)).size).toBe(texts.length)
})
