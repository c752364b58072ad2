import { paint } from "../../../plugin/cli/render/styled.ts"
import type { Terminal } from "../../../plugin/cli/terminal/terminal.ts"

export interface RecordingOptions {
  stdin?: readonly string[]
  isInteractive?: boolean
  columns?: number
}

/** A terminal that keeps what was written, and is interrupted by the test. */
export const createRecordingTerminal = ({
  stdin = [],
  isInteractive = false,
  columns = Infinity,
}: RecordingOptions = {}) => {
  const interruption = new AbortController()
  const waiting = new Set<() => void>()
  let out = ""
  let err = ""
  const write = (text: string) => {
    out += text
    for (const look of waiting) look()
  }
  const terminal: Terminal = {
    write,
    paint: (lines) => write(lines.map((line) => `${paint(line, false)}\n`).join("")),
    openScreen: () => undefined,
    progress: () => undefined,
    warn: (text) => void (err += `${text}\n`),
    isInteractive,
    columns: () => columns,
    rows: () => Infinity,
    async *lines() {
      yield* stdin
    },
    interrupted: interruption.signal,
  }
  return {
    terminal,
    out: () => out,
    err: () => err,
    interrupt: () => interruption.abort(),
    /** Resolves when the output holds this text. */
    until: (text: string) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (!out.includes(text)) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
  }
}
