import { expect, test } from "bun:test"
import { createRandom } from "../../chaos/random.ts"

test("numbers between two ends include both", () => {
  const random = createRandom(1)
  const drawn = new Set(Array.from({ length: 200 }, () => random.between(2, 4)))
  expect([...drawn].sort()).toEqual([2, 3, 4])
})
