import type { Wakefulness } from "../../../plugin/mesh/supervision/wakefulness.ts"

/** A process that never sleeps, whose hand-moved clock tells of time that passed. */
export const alwaysAwake: Wakefulness = {
  sleeps: () => [],
  since: () => Number.NEGATIVE_INFINITY,
  isRested: () => true,
  leastMs: 5000,
  close: () => undefined,
}
