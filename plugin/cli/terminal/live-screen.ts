import { cutTo } from "../render/render-text.ts"
import type { Terminal } from "./terminal.ts"

/** A part of the terminal that is drawn again and again in the same place. */
export const createLiveScreen = (terminal: Terminal) => {
  let drawn: readonly string[] = []
  return {
    draw(lines: readonly string[]) {
      // A line that wraps, or scrolls out at the top, could not be drawn over again.
      const room = Math.max(1, terminal.rows() - 1)
      const width = terminal.columns()
      const fitting = lines.slice(0, room).map((line) => cutTo(line, width))
      if (fitting.length === drawn.length && fitting.every((line, index) => line === drawn[index]))
        return
      terminal.write(renderRedraw(drawn.length, fitting))
      drawn = fitting
    },
  }
}

/** Up over what was drawn, then every line anew, and away with what is left below. */
export const renderRedraw = (before: number, lines: readonly string[]) =>
  `${before > 0 ? `\u001b[${before}A` : ""}\r${lines.map((line) => `${line}\u001b[K\n`).join("")}\u001b[J`
