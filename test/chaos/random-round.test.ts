import { expect, test } from "bun:test"
import { examine } from "../../chaos/examine.ts"
import { playRandom } from "../../chaos/random-round.ts"
import { createRandom } from "../../chaos/random.ts"
import { real, type Style, standIn } from "../../chaos/styles.ts"

/** Short, so that it fits into every run of the tests: `npm run chaos` has the long ones. */
const shorten = (style: Style, pace: Partial<Style["pace"]>): Style => ({
  ...style,
  agents: [2, 2],
  load: { steps: [3, 4], shellMs: [100, 500], batches: [1, 1], batchSize: [30, 60] },
  pace: { ...style.pace, pauseMs: [500, 1000], ...pace },
  lingerMs: 500,
})
// Every start of the real OpenCode takes seconds: one host is killed, and this seed shares it.
const brief = shorten(real, { strikes: [1, 1], weights: [["host", 1]] })
const brisk = shorten(standIn, {
  strikes: [4, 4],
  weights: [
    ["host", 3],
    ["supervisor", 1],
    ["paused-host", 1],
  ],
})

const play = async (style: Style, seed: number) => {
  const played = await playRandom(style, createRandom(seed), () => undefined)
  const { violations, kills, messages } = await examine(played, { keep: true })
  expect(violations).toEqual([])
  expect(kills).toBeGreaterThan(0)
  expect(messages).toBeGreaterThan(20)
}

test("fleets that are struck at random keep every promise", async () => {
  await Promise.all([play(brief, 11), play(brisk, 2).then(() => play(brisk, 3))])
})
