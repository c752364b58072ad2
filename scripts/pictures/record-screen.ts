import { setTimeout as sleep } from "node:timers/promises"
import type { Screen } from "../../test/e2e/support/screen.ts"
import type { Frame } from "./terminal-svg.ts"

/** A look is a process of tmux; three in a second show what a person does, and little of what only turns. */
const lookMs = 330

/** Looks at a screen until it is told to stop, and keeps each picture that differs from the last. */
export const recordScreen = (screen: Pick<Screen, "text">) => {
  const frames: Frame[] = []
  const startedAt = Date.now()
  const over = new AbortController()
  const look = async () => {
    const captured = await screen.text("-e", "-N")
    if (frames.at(-1)?.captured !== captured) frames.push({ at: Date.now() - startedAt, captured })
  }
  const watching = (async () => {
    while (!over.signal.aborted) {
      await look()
      await sleep(lookMs)
    }
  })()
  return async () => {
    over.abort()
    await watching
    await look()
    return frames
  }
}
