import { plainText } from "../render/render-text.ts"
import { span, spansOf, type StyledLine } from "../render/styled.ts"
import type { Terminal } from "./terminal.ts"

/**
 * The one door to the terminal: whatever a command shows of what agents wrote, none of it steers the
 * terminal. Renderers lay out lines; they need not remember this.
 */
export const guardTerminal = (terminal: Terminal): Terminal => ({
  ...terminal,
  write: (text) => terminal.write(plainText(text)),
  warn: (text) => terminal.warn(plainText(text)),
  progress: (text) => terminal.progress(flat(text)),
  paint: (lines) => terminal.paint(lines.map((line) => guardLine(line, plainText))),
  openScreen() {
    const screen = terminal.openScreen()
    return (
      screen && {
        ...screen,
        draw: (lines) => screen.draw(lines.map((line) => guardLine(line, flat))),
      }
    )
  },
})

/** On a screen each line has its row, and a tab no place. */
const flat = (text: string) => plainText(text).replace(/[\n\t]/g, " ")

const guardLine = (line: StyledLine, clean: (text: string) => string): StyledLine =>
  typeof line === "string"
    ? clean(line)
    : spansOf(line).map(({ text, styles }) => span(clean(text), ...styles))
