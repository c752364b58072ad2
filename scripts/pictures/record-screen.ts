import type { Screen } from "../../test/e2e/support/screen.ts"
import type { Frame } from "./terminal-svg.ts"

/** A look is a process of tmux; three in a second show what a person does, and little of what only turns. */
const lookMs = 330

/** Looks at a screen until it is told to stop, and keeps each picture that differs from the last. */
export const recordScreen = (screen: Pick<Screen, "text">) => {
  const frames: Frame[] = []
  const startedAt = Date.now()
  const look = () => {
    const captured = screen.text("-e", "-N")
    if (frames.at(-1)?.captured !== captured) frames.push({ at: Date.now() - startedAt, captured })
  }
  look()
  const timer = setInterval(look, lookMs)
  return () => {
    clearInterval(timer)
    look()
    return frames
  }
}
