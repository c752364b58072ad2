/** A clock moved by hand. It starts at 2026-01-01T00:00:00Z. */
export const createClock = (startAt = Date.UTC(2026, 0, 1)) => {
  let at = startAt
  return {
    now: () => at,
    advance: (ms: number) => void (at += ms),
  }
}
