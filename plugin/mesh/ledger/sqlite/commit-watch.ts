// A look at data_version costs 2 µs, so 20 a second cost nothing; 50 ms is what a person, and the
// promise of half a second from send to model, never notices.
const tickMs = 50

/**
 * Tells listeners of commits: of our own when `announce` is called, of other connections' when the
 * version that SQLite keeps for that has changed. Looks only while somebody listens.
 */
export const createCommitWatch = (version: () => number | undefined) => {
  const listeners = new Set<() => void>()
  let seen = version()
  let isAnnounced = false
  let timer: ReturnType<typeof setInterval> | undefined

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
    const now = version()
    // Undefined while a transaction of ours is under way: the next look tells.
    if (now === undefined || now === seen) return
    seen = now
    announce()
  }

  return {
    announce,
    subscribe(listener: () => void) {
      listeners.add(listener)
      if (!timer) {
        timer = setInterval(look, tickMs)
        timer.unref?.()
      }
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
    clearInterval(timer)
    timer = undefined
  }
}
