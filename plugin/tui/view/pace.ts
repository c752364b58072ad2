/** How often something may happen that costs: so many at once after a rest, and then one each so many ms. */
export interface Pace {
  everyMs: number
  atOnce: number
}

/** A token bucket: `take` is false where it is empty. */
export const createPace = ({ everyMs, atOnce }: Pace, now: () => number) => {
  let tokens = atOnce
  let countedAt = now()
  return {
    take() {
      const at = now()
      tokens = Math.min(atOnce, tokens + Math.max(0, at - countedAt) / everyMs)
      countedAt = at
      if (tokens < 1) return false
      tokens--
      return true
    },
  }
}
