import * as fc from "fast-check"

/** How much more than by default is tried: `MESHFLEET_TEST_EFFORT=20 npm test -- <file>`. */
export const effort = Number(process.env["MESHFLEET_TEST_EFFORT"] ?? 1)

// Whoever asks for more waits until it is done, also on a busy machine.
const longer = effort > 1 ? effort * 8 : 1

/** A failure prints its seed; `MESHFLEET_TEST_SEED` runs that one again. */
const seed = process.env["MESHFLEET_TEST_SEED"]

const parameters = (runs: number) => ({
  numRuns: Math.ceil(runs * effort),
  // A failure is told even if a smaller one was not found in time.
  interruptAfterTimeLimit: 45_000 * longer,
  ...(seed !== undefined && { seed: Number(seed) }),
})

/** Holds a property in so many random cases, times the effort. */
export const holds = <T>(property: fc.IProperty<T>, runs: number) =>
  fc.assert(property, parameters(runs))

export const holdsAsync = <T>(property: fc.IAsyncProperty<T>, runs: number) =>
  fc.assert(property, parameters(runs))

/** For bun's `test`: what takes a second by default takes longer with more effort, and on a busy machine. */
export const patience = { timeout: 60_000 * longer }
