import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import {
  createKillWorld,
  expectEnd,
  expectSound,
  killAll,
  killAt,
} from "../../support/merge-kills.ts"

let steps: number
let tookMs: number
beforeAll(async () => {
  const each = await createKillWorld()
  const from = performance.now()
  steps = await expectEnd(each, [])
  tookMs = performance.now() - from
  await each.world.end()
})

let kills = 0
afterAll(() => console.log(`${kills} kills over ${steps} steps`))

const parts = 4
describe.each(Array.from({ length: parts }, (_, part) => part))("part %d", (part) => {
  const flags = [[], ["batch"], ["squash"], ["batch", "squash"]][part]!

  test(`a merge (${flags.join(", ") || "one by one"}) killed at one step and the next goes on to the same end`, async () => {
    expect(steps).toBeGreaterThan(60)
    // Two worlds for each part; in each the merge is killed again and again, further on each time.
    for (const first of [1 + part, 8 + part]) {
      const each = await createKillWorld()
      try {
        for (let at = first; at < steps; at += 13) {
          if (!(await killAt(each, at, flags))) break
          kills++
          await expectSound(each)
        }
        await expectEnd(each, flags)
      } finally {
        await each.world.end()
      }
    }
  })

  test(`and so does one (${flags.join(", ") || "one by one"}) whose git and check are killed with it`, async () => {
    const each = await createKillWorld()
    try {
      for (const share of [0.2, 0.4, 0.55, 0.7, 0.85]) {
        if (await killAll(each, tookMs * share, flags)) kills++
        await expectSound(each)
      }
      await expectEnd(each, flags)
    } finally {
      await each.world.end()
    }
  })
})
