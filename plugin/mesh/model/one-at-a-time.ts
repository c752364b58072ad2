/**
 * Runs `step` one at a time. A call while it runs makes it run once more afterwards, however many
 * calls there are; each call resolves with a run that began no earlier than the call.
 */
export const oneAtATime = (step: () => Promise<void>): (() => Promise<void>) => {
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined

  const run = (): Promise<void> => {
    next = undefined
    const run = step().finally(() => {
      if (running === run) running = undefined
    })
    running = run
    return run
  }

  return () => {
    if (next) return next
    if (!running) return run()
    next = running.then(run, run)
    return next
  }
}
