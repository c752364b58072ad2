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
  const terminal: Terminal = {
    write(text) {
      out += text
      for (const look of waiting) look()
    },
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
