import { expect, test } from "bun:test"
import { findAlikePairs } from "../../../../plugin/mesh/specialists/lint/similarity.ts"

test("similarity is the shared five-word runs over those of the smaller text", () => {
  const pairs = findAlikePairs([
    { slug: "long", body: "one two three four five six seven eight nine ten" },
    { slug: "short", body: "One, two, three: four five six. Other words." },
  ])
  // "short" has four runs, of which two also occur in "long".
  expect(pairs).toEqual([{ a: "long", b: "short", similarity: 0.5 }])
})

test("headings do not count, and texts that share nothing make no pair", () => {
  const heading = "## Before you start\n"
  expect(
    findAlikePairs([
      { slug: "a", body: `${heading}alpha beta` },
      { slug: "b", body: `${heading}gamma delta` },
    ]),
  ).toEqual([])
})

test("the most alike pair comes first", () => {
  const text = "a b c d e f g h"
  const [first] = findAlikePairs([
    { slug: "x", body: text },
    { slug: "y", body: `${text} i j k` },
    { slug: "z", body: "a b c d e and then something else entirely" },
  ])
  expect(first).toEqual({ a: "x", b: "y", similarity: 1 })
})
