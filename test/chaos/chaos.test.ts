import { expect, test } from "bun:test"
import { examine } from "../../chaos/examine.ts"
import { createRandom } from "../../chaos/random.ts"
import { playRandom } from "../../chaos/random-round.ts"

// One round of `npm run chaos`; two OpenCodes and more have to start for it.
const patienceMs = 420_000

test(
  "a fleet that is struck at random loses nothing and leaves nothing behind",
  async () => {
    const played = await playRandom(createRandom(1), () => undefined)
    expect((await examine(played, { keep: true })).violations).toEqual([])
  },
  patienceMs,
)
