export interface RefresherDeps {
  /** Tells of commits to the ledger. */
  subscribe(listener: () => void): () => void
  now(): number
  onError(error: unknown): void
}

/**
 * What follows a quiet moment is looked at once; of what goes on, a look each this long. Each may draw
 * most of a screen anew: three a second cost half of what six do.
 */
const gapMs = 300
/** Ages and what no commit tells, such as a process that is gone. */
const restMs = 5000

/**
 * Looks into the ledger for as long as somebody watches: at once, soon after a commit, and seldom
 * otherwise. With nobody watching it does nothing at all, not even wait.
 */
export const createRefresher = ({ subscribe, now, onError }: RefresherDeps) => {
  const watchers = new Set<() => Promise<void>>()
  let unsubscribe: (() => void) | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let isLooking = false
  let isAsked = false
  let lookedAt = -Infinity

  const look = async () => {
    timer = undefined
    if (isLooking) return
    isLooking = true
    isAsked = false
    for (const watcher of [...watchers]) await watcher().catch(onError)
    lookedAt = now()
    isLooking = false
    if (watchers.size > 0) next(isAsked ? gapMs : restMs)
  }

  const next = (ms: number) => {
    clearTimeout(timer)
    timer = setTimeout(() => void look(), ms)
    timer.unref?.()
  }

  const ask = () => {
    if (isAsked) return
    isAsked = true
    if (!isLooking) next(Math.max(0, lookedAt + gapMs - now()))
  }

  return {
    ask,
    watch(watcher: () => Promise<void>) {
      watchers.add(watcher)
      unsubscribe ??= subscribe(ask)
      lookedAt = -Infinity
      ask()
      return () => {
        watchers.delete(watcher)
        if (watchers.size > 0) return
        clearTimeout(timer)
        timer = undefined
        isAsked = false
        unsubscribe?.()
        unsubscribe = undefined
      }
    },
  }
}
