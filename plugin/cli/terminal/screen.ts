import { paint, type StyledLine } from "../render/styled.ts"
import { createKeyReader, type Key } from "./keys.ts"

/**
 * The whole terminal, for as long as it is open; what stood there comes back when it is closed.
 *
 * Contract: `draw` takes as many lines as there are rows, none wider than the columns, and sends only
 * what has changed. `close` may be called twice, and is called when the process ends.
 */
export interface Screen {
  draw(lines: readonly StyledLine[]): void
  columns(): number
  rows(): number
  /** Answers how to end it; so does `onResize`. */
  onKey(listener: (key: Key) => void): () => void
  onResize(listener: () => void): () => void
  close(): void
}

export interface ScreenPort {
  write(text: string): void
  columns(): number
  rows(): number
  isColoured: boolean
  /** Raw keys from now on; answers how to end it. */
  listen(onData: (data: string) => void, onResize: () => void): () => void
}

// The alternate screen without a cursor; lines are cut by us, and pastes are told apart from keys.
const enter = "\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[?2004h\u001b[H\u001b[2J"
export const leave = "\u001b[?2004l\u001b[?7h\u001b[?25h\u001b[?1049l"
// A terminal that knows these draws what is between them at once; others ignore them.
const [begin, end] = ["\u001b[?2026h", "\u001b[?2026l"]

export const openScreen = (port: ScreenPort): Screen => {
  const readKeys = createKeyReader()
  const keyListeners = new Set<(key: Key) => void>()
  const resizeListeners = new Set<() => void>()
  let drawn: string[] = []
  let isOpen = true
  port.write(enter)
  const unlisten = port.listen(
    (data) => {
      // Who begins to listen because of a key is not told of that one.
      for (const key of readKeys(data)) for (const listener of [...keyListeners]) listener(key)
    },
    () => {
      // What the terminal has kept of the old size is anybody's guess.
      drawn = []
      port.write("\u001b[2J")
      for (const listener of resizeListeners) listener()
    },
  )

  return {
    draw(lines) {
      if (!isOpen) return
      const painted = lines.slice(0, port.rows()).map((line) => paint(line, port.isColoured))
      // Cleared first: behind a line that fills its row the cursor is still on the last character.
      const changed = painted.flatMap((line, row) =>
        line === drawn[row] ? [] : [`\u001b[${row + 1};1H\u001b[2K${line}`],
      )
      const below = painted.length < drawn.length ? [`\u001b[${painted.length + 1};1H\u001b[J`] : []
      if (changed.length + below.length > 0)
        port.write(begin + [...changed, ...below].join("") + end)
      drawn = painted
    },
    columns: port.columns,
    rows: port.rows,
    onKey: (listener) => listening(keyListeners, listener),
    onResize: (listener) => listening(resizeListeners, listener),
    close() {
      if (!isOpen) return
      isOpen = false
      unlisten()
      port.write(leave)
    },
  }
}

const listening = <T>(listeners: Set<T>, listener: T) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
