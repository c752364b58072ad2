import { expect, test } from "bun:test"
import { findFluff, findPictographs } from "../../../../plugin/mesh/specialists/lint/fluff.ts"

test("praise is found in its variations", () => {
  expect(findFluff("A Senior who leverages robustness, world class, 10x and seamlessly.")).toEqual([
    "senior",
    "leverages",
    "robustness",
    "world class",
    "10x",
    "seamlessly",
  ])
})

test("words that only contain one are fine", () => {
  expect(findFluff("expertise, seniority of shares, 110x, elitebook")).toEqual([])
})

test("names of specialists and inline code are not prose", () => {
  expect(
    findFluff("Hand it to senior-developer; see `robust_scale()`.", ["senior-developer"]),
  ).toEqual([])
})

test("emoji and dingbats are pictographs; arrows, marks and other scripts are not", () => {
  expect(findPictographs("ok ✅ 🚀 ⚠️ ✓ 🇩🇪")).toEqual(["✅", "🚀", "⚠", "\uFE0F", "✓", "🇩", "🇪"])
  expect(findPictographs("a → b ↔ c ≤ 5 · © 2026 – 代码审查")).toEqual([])
})
