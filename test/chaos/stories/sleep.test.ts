import { expect, test } from "bun:test"
import { examine } from "../../../chaos/examine.ts"
import { createRandom } from "../../../chaos/random.ts"
import { playSleepingClock } from "../../../chaos/stories/sleep.ts"

test("a machine that sleeps three times costs nobody an attempt, a host or the fleet's time", async () => {
  const played = await playSleepingClock(createRandom(1), () => undefined)
  expect((await examine(played, { keep: true })).violations).toEqual([])
})
