/** A timer that is set for longer fires at once: its delay has 31 bits. */
export const longestTimerMs = 2 ** 31 - 1

/** Deadlines further away mean "never", and must still be dates. */
export const longestDeadlineMs = 365 * 24 * 3_600_000

/** More tokens, turns or dollars than anything of ours can use up: whoever writes more made a mistake. */
export const mostOfAnything = 1e12

/** The instant as ISO text. One that is no date, from an earlier version, is the last or first there is. */
export const isoTime = (at: number) =>
  new Date(Math.min(lastInstant, Math.max(-lastInstant, at))).toISOString()

const lastInstant = 8.64e15
