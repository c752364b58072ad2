import { expect, test } from "bun:test"
import { examine } from "../../chaos/examine.ts"
import { playRandom } from "../../chaos/random-round.ts"
import { createRandom } from "../../chaos/random.ts"
import { real, type Style, standIn } from "../../chaos/styles.ts"

/** Short, so that it fits into every run of the tests: `npm run chaos` has the long ones. */
const shorten = (style: Style, strikes: number): Style => ({
  ...style,
  agents: [2, 2],
  load: { ...style.load, steps: [3, 4], batches: [1, 1] },
  pace: { ...style.pace, strikes: [strikes, strikes], pauseMs: [500, 1000] },
  lingerMs: 500,
})

const play = async (style: Style, seed: number) => {
  const played = await playRandom(style, createRandom(seed), () => undefined)
  const { violations, kills, messages } = await examine(played, { keep: true })
  expect(violations).toEqual([])
  expect(kills).toBeGreaterThan(0)
  expect(messages).toBeGreaterThan(20)
}

test("fleets that are struck at random keep every promise", async () => {
  await Promise.all([
    play(shorten(real, 2), 1),
    play(shorten(standIn, 4), 2).then(() => play(shorten(standIn, 4), 3)),
  ])
})
