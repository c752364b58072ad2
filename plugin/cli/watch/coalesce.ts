/** Does something at once when asked, then at most once in so many milliseconds; never twice at a time. */
export const coalesce = (leastMs: number, act: () => Promise<void>) => {
  let running: Promise<void> | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let isWanted = false
  let isClosed = false
  let lastAt = -Infinity
  let failure: { error: unknown } | undefined

  const ask = () => {
    if (isClosed) return
    isWanted = true
    if (running || timer) return
    const wait = lastAt + leastMs - performance.now()
    if (wait <= 0) return start()
    timer = setTimeout(() => {
      timer = undefined
      start()
    }, wait)
  }
  const start = () => {
    isWanted = false
    lastAt = performance.now()
    running = act()
      .then(
        () => void (failure = undefined),
        (error: unknown) => void (failure = { error }),
      )
      .finally(() => {
        running = undefined
        if (isWanted) ask()
      })
  }

  return {
    ask,
    async close() {
      isClosed = true
      clearTimeout(timer)
      await running
    },
    throwIfFailed() {
      if (failure) throw failure.error
    },
  }
}
