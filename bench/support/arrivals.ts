import { setTimeout as sleep } from "node:timers/promises"
import { textOf } from "../../scripted-model/turn.ts"
import type { World } from "../../test/e2e/support/world.ts"

const patienceMs = 20_000

/** When each mark was first in a model request, and whether any request held one twice. */
export const watchArrivals = (world: World, marks: RegExp) => {
  const first = new Map<string, PromiseWithResolvers<{ at: number }>>()
  const repeated = new Set<string>()
  const entry = (mark: string) => {
    let found = first.get(mark)
    if (!found) first.set(mark, (found = Promise.withResolvers<{ at: number }>()))
    return found
  }
  const close = world.model.onRequest(({ at, body }) => {
    const seen = new Set<string>()
    for (const message of body.messages)
      for (const [, mark] of textOf(message).matchAll(marks)) {
        if (seen.has(mark!)) repeated.add(mark!)
        seen.add(mark!)
        entry(mark!).resolve({ at })
      }
  })
  return {
    close,
    repeated: () => [...repeated],
    of: (mark: string) => {
      const late = sleep(patienceMs, undefined, { ref: false }).then(() => {
        throw new Error(`${mark} did not reach the model within ${patienceMs} ms\n${world.logs()}`)
      })
      return Promise.race([entry(mark).promise, late])
    },
    requestsBetween: (agent: string, from: number, to: number) =>
      world.model.requests.filter((each) => each.agent === agent && each.at > from && each.at < to)
        .length,
  }
}
