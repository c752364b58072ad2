/** A step of waiting takes less; what goes beyond it, this process slept or stood still. */
const mostStepMs = 2000

/** For waiting step by step until `ms` have passed in which this process was awake. */
export const createPatience = (ms: number, now: () => number = Date.now) => {
  let left = ms
  let last = now()
  return {
    isOver() {
      const at = now()
      left -= Math.min(Math.max(0, at - last), mostStepMs)
      last = at
      return left < 0
    },
  }
}
