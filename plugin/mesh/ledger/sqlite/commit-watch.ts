/** Tells of writes to a file until it is called back; undefined where that cannot be had. */
export type WatchWrites = (onWrite: () => void) => (() => void) | undefined

// A look at data_version costs 2 µs; 50 ms is what a person, and the promise of half a second from
// send to model, never notices.
const usualTickMs = 50
/** A transaction is complete this soon after its first write, as a rule. */
const soonMs = 10
/** Where its writer was held up it is looked for so many times. */
const ticksPerWrite = 4
/** Each process wakes up for each write it is told of: where there are more, looking costs less. */
const mostWrites = 40
const ticksWithoutTelling = 20
/** So many changes in a row that nobody told of: the file is on a disk that does not tell. */
const mostMisses = 3

/**
 * Tells listeners of commits: of our own when `announce` is called, of other connections' when the
 * version that SQLite keeps for that has changed. It looks when the file was written to, so that a
 * process in which nothing happens does not wake up twenty times a second; where writes are not told
 * of, or are many, it does. Once in `restMs` it looks anyway. Looks only while somebody listens.
 */
export const createCommitWatch = (
  version: () => number | undefined,
  watchWrites: WatchWrites = () => undefined,
  restMs = 1000,
  tickMs = usualTickMs,
) => {
  const listeners = new Set<() => void>()
  let seen = version()
  let isAnnounced = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let unwatch: (() => void) | undefined
  /** Ticks to go before it rests. */
  let ticks = 0
  let writes = 0
  let misses = 0
  let hasToldOnce = false

  const isResting = () => unwatch !== undefined && hasToldOnce && ticks === 0

  const announce = () => {
    if (isAnnounced || listeners.size === 0) return
    isAnnounced = true
    // Not within the call that has committed: its caller goes on first.
    queueMicrotask(() => {
      isAnnounced = false
      for (const listener of [...listeners]) listener()
    })
  }

  const look = () => {
    const wasResting = isResting()
    const now = version()
    const hasChanged = now !== undefined && now !== seen
    if (hasChanged) {
      seen = now
      misses = wasResting ? misses + 1 : 0
      announce()
    }
    if (wasResting) writes = 0
    if (misses >= mostMisses) stopWatching()
    // Undefined while a transaction of ours is under way: the next look tells.
    if (now !== undefined && ticks > 0) ticks--
    // Quiet again after too many writes, or it has just begun.
    if (!unwatch && misses < mostMisses && ticks === 0) {
      unwatch = watchWrites(onWrite)
      writes = 0
    }
    next(isResting() ? restMs : tickMs)
  }

  const onWrite = () => {
    const isFirst = ticks === 0
    hasToldOnce = true
    ticks = ticksPerWrite
    if (++writes > mostWrites) {
      stopWatching()
      ticks = ticksWithoutTelling
    }
    if (isFirst) next(soonMs)
  }

  const next = (ms: number) => {
    clearTimeout(timer)
    if (listeners.size === 0) return
    timer = setTimeout(look, ms)
    timer.unref?.()
  }

  const stopWatching = () => {
    unwatch?.()
    unwatch = undefined
  }

  return {
    announce,
    subscribe(listener: () => void) {
      listeners.add(listener)
      if (listeners.size === 1) look()
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) stop()
      }
    },
    close() {
      listeners.clear()
      stop()
    },
  }

  function stop() {
    clearTimeout(timer)
    timer = undefined
    stopWatching()
  }
}
