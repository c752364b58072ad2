/** How long one process may use its turns without letting its event loop go round, in ms. */
const longestBurstMs = 10

/**
 * One at a time, first come, first served. `enter` is undefined when the turn is there at once: over
 * SQLite a transaction costs some 100 µs, and a promise more for each is not nothing.
 */
export const createTurns = () => {
  let isTaken = false
  let burstBegan = 0
  const waiting: (() => void)[] = []
  return {
    enter(): Promise<void> | undefined {
      if (isTaken) return new Promise((go) => waiting.push(go))
      isTaken = true
      burstBegan = performance.now()
      return undefined
    },
    leave() {
      const next = waiting.shift()
      if (!next) return void (isTaken = false)
      if (performance.now() - burstBegan < longestBurstMs) return next()
      setImmediate(() => {
        burstBegan = performance.now()
        next()
      })
    },
  }
}
