import { expect, test } from "bun:test"
import { createRefresher } from "../../../plugin/tui/mesh/refresher.ts"

const world = () => {
  const listeners = new Set<() => void>()
  let looks = 0
  const waiting = new Set<() => void>()
  const refresher = createRefresher({
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    now: Date.now,
    onError: (error) => {
      throw error
    },
  })
  return {
    refresher,
    listeners,
    looks: () => looks,
    commit: () => {
      for (const each of listeners) each()
    },
    look: async () => {
      looks++
      for (const each of waiting) each()
    },
    untilLooks: (count: number) =>
      new Promise<void>((resolve) => {
        const check = () => {
          if (looks >= count) resolve()
        }
        waiting.add(check)
        check()
      }),
  }
}

test("it looks at once, and within half a second of a commit", async () => {
  const { refresher, commit, look, untilLooks } = world()
  const stop = refresher.watch(look)
  await untilLooks(1)
  const at = Date.now()
  commit()
  await untilLooks(2)
  expect(Date.now() - at).toBeLessThan(500)
  stop()
})

test("many commits in a moment are one look", async () => {
  const { refresher, commit, look, looks, untilLooks } = world()
  const stop = refresher.watch(look)
  await untilLooks(1)
  for (let index = 0; index < 50; index++) commit()
  await untilLooks(2)
  expect(looks()).toBe(2)
  stop()
})

test("with nobody watching it listens to nothing and looks no more", async () => {
  const { refresher, commit, listeners, look, looks, untilLooks } = world()
  const stop = refresher.watch(look)
  await untilLooks(1)
  expect(listeners.size).toBe(1)
  commit()
  stop()
  expect(listeners.size).toBe(0)
  const other = world()
  const stopOther = other.refresher.watch(other.look)
  await other.untilLooks(1)
  // Longer than the first would have waited after its commit.
  other.commit()
  await other.untilLooks(2)
  expect(looks()).toBe(1)
  stopOther()
})
