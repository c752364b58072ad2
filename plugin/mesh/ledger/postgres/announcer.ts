/** Commits of others come in bursts; nobody notices 50 ms, and each call makes listeners look. */
const pauseMs = 50

/**
 * Tells listeners of commits: of our own at once, of others' at once and then every 50 ms at most.
 * One that throws keeps no other from hearing.
 */
export const createAnnouncer = (onError: (error: unknown) => void) => {
  const listeners = new Set<() => void>()
  let ownPending = false
  let pause: ReturnType<typeof setTimeout> | undefined
  let again = false

  const tell = () => {
    for (const listener of [...listeners]) {
      try {
        listener()
      } catch (error) {
        onError(error)
      }
    }
  }

  const others = () => {
    if (pause) return void (again = true)
    again = false
    pause = setTimeout(() => {
      pause = undefined
      if (again) others()
    }, pauseMs)
    pause.unref?.()
    tell()
  }

  return {
    subscribe(listener: () => void) {
      // Each subscription is one of its own, also of the same function.
      const own = () => listener()
      listeners.add(own)
      return () => void listeners.delete(own)
    },
    own() {
      if (ownPending) return
      ownPending = true
      queueMicrotask(() => {
        ownPending = false
        tell()
      })
    },
    others,
    close() {
      clearTimeout(pause)
      listeners.clear()
    },
  }
}
