/** Lets so many in at a time, in the order in which they came. */
export const createGate = (size: number) => {
  let inside = 0
  const waiting: (() => void)[] = []
  return {
    /** Resolves with false for one that has waited for too long. */
    enter: (patienceMs: number) =>
      new Promise<boolean>((resolve) => {
        if (inside < size) {
          inside++
          return resolve(true)
        }
        const letIn = () => {
          clearTimeout(limit)
          resolve(true)
        }
        const limit = setTimeout(() => {
          waiting.splice(waiting.indexOf(letIn), 1)
          resolve(false)
        }, patienceMs)
        waiting.push(letIn)
      }),
    leave() {
      const next = waiting.shift()
      if (next) next()
      else inside--
    },
  }
}
