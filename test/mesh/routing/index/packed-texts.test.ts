import { describe, expect, test } from "bun:test"
import { classify, packClassifier } from "../../../../plugin/mesh/routing/ranking/classifier.ts"
import type { CountedPassage } from "../../../../plugin/mesh/routing/index/counted-texts.ts"
import {
  createUnpacker,
  holdersOf,
  packTexts,
} from "../../../../plugin/mesh/routing/index/packed-texts.ts"
import { countTerms } from "../../../../plugin/mesh/routing/words/term-vector.ts"
import { createWordTable, packWords } from "../../../../plugin/mesh/routing/packing/word-table.ts"

describe("packed texts", () => {
  const passage = (owner: number, terms: number[]): CountedPassage => ({
    owner,
    weight: 1,
    isSingleWord: false,
    terms: countTerms(terms),
  })
  // Term 900 stands far apart, once twice in a passage: gaps and counts of more than a byte.
  const passages = Array.from({ length: 400 }, (_, at) =>
    passage(at >> 1, at === 3 ? [900, 900, 7] : at === 399 ? [900] : [7]),
  )
  const packed = packTexts({ size: 200, passages }, () => "word")

  test("give back which passages hold a term, and how often", () => {
    const unpacker = createUnpacker()
    const end = unpacker.unpack(packed, 900)
    expect([...unpacker.passages().subarray(0, end)]).toEqual([3, 399])
    expect([...unpacker.counts().subarray(0, end)]).toEqual([2, 1])
    expect(holdersOf(packed, 900)).toBe(2)
    expect(holdersOf(packed, 7)).toBe(399)
    expect(holdersOf(packed, 8)).toBe(0)
    expect(unpacker.unpack(packed, 8)).toBe(end)
    expect(unpacker.unpack(packed, 7)).toBe(end + 399)
  })
})

describe("the classifier", () => {
  const classifier = packClassifier(
    new Map([
      [
        5,
        [
          [0, 2],
          [200, -4],
        ],
      ],
      [900_000, [[1, 8]]],
    ]),
  )
  const scores = (terms: number[], weights: number[]) =>
    classify(classifier, Uint32Array.from(terms), Float64Array.from(weights), new Float64Array(201))

  test("adds up what each term says for and against a specialist", () => {
    const found = scores([5, 900_000], [0.5, 0.25])
    expect(found[0]).toBeCloseTo(1, 10)
    expect(found[1]).toBeCloseTo(2, 10)
    expect(found[200]).toBeCloseTo(-2, 10)
    expect(found[2]).toBe(0)
  })

  test("says nothing of terms it does not know", () => {
    expect(scores([4, 6], [1, 1]).every((score) => score === 0)).toBe(true)
  })
})

describe("a word table", () => {
  const words = ["zebra", "data", "database", "=data", "über", "数据", "dat"]
  const table = createWordTable(packWords(words))

  test("finds each of its words, and no other", () => {
    for (const word of words) expect(table.wordAt(table.find(word))).toBe(word)
    for (const word of ["", "databases", "da", "数", "u", "\ud800", "z".repeat(5000)]) {
      expect(table.find(word)).toBe(-1)
    }
  })

  test("finds all that begin with a text", () => {
    const beginning = (text: string) => {
      const [from, to] = table.beginningWith(text)
      return Array.from({ length: to - from }, (_, at) => table.wordAt(from + at))
    }
    expect(beginning("dat")).toEqual(["dat", "data", "database"])
    expect(beginning("ü")).toEqual(["über"])
    expect(beginning("x")).toEqual([])
  })
})
