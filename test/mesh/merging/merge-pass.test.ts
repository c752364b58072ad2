import { expect, test } from "bun:test"
import { createKillWorld, expectEnd, expectSound, killAt } from "../../support/merge-kills.ts"

// Every step, and kills of git itself, are in `npm run test:stories`.
test(
  "a merge that is killed again and again leaves no half of one, and goes on from where it was",
  async () => {
    const each = await createKillWorld()
    try {
      for (const at of [15, 45]) {
        expect(await killAt(each, at, [])).toBe(true)
        await expectSound(each)
      }
      await expectEnd(each, [])
    } finally {
      await each.world.end()
    }
  },
  { timeout: 120_000 },
)
