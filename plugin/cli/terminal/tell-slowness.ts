import type { Terminal } from "./terminal.ts"

/** Nobody wonders about what takes less. */
const patienceMs = 1000

/**
 * Says what is being waited for while a command has said nothing for a second, and how long it has
 * taken. The first thing that the command says itself, or a screen that it opens, ends that.
 */
export const tellSlowness = (terminal: Terminal, what: string) => {
  const began = performance.now()
  let isTold = false
  const timer = setInterval(() => {
    isTold = true
    terminal.progress(`${what}: ${Math.round((performance.now() - began) / 1000)}s`)
  }, patienceMs)
  const quiet = () => {
    clearInterval(timer)
    if (isTold) terminal.progress("")
    isTold = false
  }
  /** The same, and quiet from then on. */
  const quietly =
    <Args extends unknown[], T>(act: (...args: Args) => T) =>
    (...args: Args) => {
      quiet()
      return act(...args)
    }
  return {
    terminal: {
      ...terminal,
      write: quietly(terminal.write),
      paint: quietly(terminal.paint),
      warn: quietly(terminal.warn),
      progress: quietly(terminal.progress),
      openScreen: quietly(terminal.openScreen),
    },
    end: quiet,
  }
}
