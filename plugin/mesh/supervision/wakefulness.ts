/** A stretch in which a process stood still: its machine slept, or it was stopped. */
export interface Sleep {
  from: number
  until: number
}

/**
 * How long this process has been awake. Its own timer tells: when much more time has passed than the
 * timer runs, nothing of this process has run in between, whether the clock went on or jumped.
 */
export interface Wakefulness {
  /** Oldest first. The time before the process began is one: it knows nothing of that. */
  sleeps(): readonly Sleep[]
  /** Since when it has been awake without a break. */
  since(): number
  /** Whether it has not slept within the last so many ms, as far as it knows. */
  isRested(ms: number): boolean
  /** What is shorter is no sleep. */
  readonly leastMs: number
  close(): void
}

const tickMs = 1000
/** A laptop that dozes all night wakes up some hundred times. */
const mostSleeps = 1000

export const createWakefulness = (
  now: () => number,
  leastMs: number,
  lookMs = tickMs,
): Wakefulness => {
  let lastAt = now()
  const sleeps: Sleep[] = [{ from: Number.NEGATIVE_INFINITY, until: lastAt }]
  // Whoever asks may be awake before the timer fires.
  const look = () => {
    const at = now()
    const missing = at - lastAt - tickMs
    if (missing >= leastMs) sleeps.push({ from: at - missing, until: at })
    if (sleeps.length > mostSleeps) sleeps.splice(1, 1)
    lastAt = at
  }
  const timer = setInterval(look, lookMs)
  timer.unref?.()
  return {
    sleeps() {
      look()
      return sleeps
    },
    since() {
      look()
      return sleeps.at(-1)!.until
    },
    isRested(ms) {
      look()
      return sleeps.length === 1 || lastAt - sleeps.at(-1)!.until >= ms
    },
    leastMs,
    close: () => clearInterval(timer),
  }
}

/** How much of the time from one instant to another was slept. */
export const asleepMs = (from: number, to: number, sleeps: readonly Sleep[]) =>
  sleeps.reduce((sum, sleep) => sum + overlapMs(sleep, from, to), 0)

export const awakeMs = (from: number, to: number, sleeps: readonly Sleep[]) =>
  to - from - asleepMs(from, to, sleeps)

export const overlapMs = (sleep: Sleep, from: number, to: number) =>
  Math.max(0, Math.min(sleep.until, to) - Math.max(sleep.from, from))
