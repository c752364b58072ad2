import { describe, expect, test } from "bun:test"
import {
  createEditDistance,
  editDistance,
} from "../../../../plugin/mesh/model/words/edit-distance.ts"

describe("edit distance", () => {
  const encoder = new TextEncoder()
  const bytes = createEditDistance(30)
  const distance = (a: string, b: string, limit: number) =>
    bytes(encoder.encode(a), encoder.encode(b), limit)

  test("counts inserts, deletes, replacements and swaps of neighbours as one each", () => {
    expect(distance("query", "query", 2)).toBe(0)
    expect(distance("qurey", "query", 2)).toBe(1)
    expect(distance("quey", "query", 2)).toBe(1)
    expect(distance("querry", "query", 2)).toBe(1)
    expect(distance("quary", "query", 2)).toBe(1)
    expect(distance("databse", "database", 2)).toBe(1)
    expect(distance("qurye", "query", 2)).toBe(2)
  })

  test("stops beyond its limit", () => {
    expect(distance("cat", "elephant", 2)).toBe(3)
    expect(distance("kitten", "sitting", 2)).toBe(3)
    expect(distance("a".repeat(40), "b".repeat(40), 2)).toBe(3)
  })

  test("is asked for a word within a longer text", () => {
    const text = encoder.encode("table query index")
    expect(bytes(encoder.encode("qurey"), text, 2, 6, 5)).toBe(1)
  })

  test("knows no limit for two strings", () => {
    expect(editDistance("kitten", "sitting")).toBe(3)
    expect(editDistance("añadir", "anadir")).toBe(1)
    expect(editDistance("", "four")).toBe(4)
    expect(editDistance("a".repeat(300), "b".repeat(400))).toBe(400)
  })
})
