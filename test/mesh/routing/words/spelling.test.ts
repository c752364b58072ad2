import { describe, expect, test } from "bun:test"
import { createNearWords } from "../../../../plugin/mesh/routing/words/near-words.ts"
import { ngramsOf } from "../../../../plugin/mesh/routing/words/ngrams.ts"
import { createSpelling } from "../../../../plugin/mesh/routing/words/spelling.ts"
import { packWords } from "../../../../plugin/mesh/routing/packing/word-table.ts"

describe("spelling", () => {
  const counts = { query: 50, database: 40, which: 30, fail: 20, file: 20, ok: 9, qurex: 0 }
  const { order, ...words } = packWords(Object.keys(counts))
  const spelling = createSpelling({
    words,
    counts: order.map((at) => Object.values(counts)[at]!),
  })
  const best = (word: string) => spelling(word)[0]?.word

  test("finds the word that was meant", () => {
    expect(["qurey", "databsae", "whcih", "fial"].map(best)).toEqual([
      "query",
      "database",
      "which",
      "fail",
    ])
  })

  test("is surer of a long word than of a short one", () => {
    expect(spelling("databse")[0]!.weight).toBeGreaterThan(spelling("fial")[0]!.weight)
  })

  test("leaves alone what is far from every word, too short, or no word", () => {
    expect(["zebra", "qk", "数据", "x86", ""].map(best)).toEqual(Array(5).fill(undefined))
  })
})

describe("n-grams", () => {
  test("know where a word begins and ends: ok is no part of book", () => {
    const [ok, book] = [new Set(ngramsOf("ok", 20)), new Set(ngramsOf("book", 20))]
    // Of "^ok", "ok$" and "^ok$" only the end is common to both.
    expect([...ok].filter((gram) => book.has(gram))).toHaveLength(1)
    expect(ok.size).toBe(3)
  })

  test("find a word of the same root", () => {
    const words = ["infrastructure", "information", "invoice"]
    const near = createNearWords((start) => words.filter((word) => word.startsWith(start)))
    expect(near("infrastruktur").map(({ word }) => word)).toEqual(["infrastructure"])
    expect(near("informational")[0]?.word).toBe("information")
    expect(near("zebra")).toEqual([])
  })
})
