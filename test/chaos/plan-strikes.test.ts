import { expect, test } from "bun:test"
import { planStrikes } from "../../chaos/plan-strikes.ts"
import { real } from "../../chaos/styles.ts"
import { createRandom } from "../../chaos/random.ts"

test("the same seed gives the same blows", () => {
  const plan = (seed: number) => planStrikes(createRandom(seed), real.pace)
  expect(plan(7)).toEqual(plan(7))
  expect(plan(7)).not.toEqual(plan(8))
})
