/**
 * Where a command reads and writes.
 *
 * Contract: `write` and `warn` never throw, also when the reader is gone. `interrupted` is aborted by
 * the first Ctrl-C or SIGTERM; whoever waits ends then and cleans up.
 */
export interface Terminal {
  /** stdout, as it is. */
  write(text: string): void
  /** One line or more on stderr: errors and remarks, never data. */
  warn(text: string): void
  /** Whether a person looks at stdout, so that it may be redrawn. */
  isInteractive: boolean
  /** Infinity where nobody looks: what is piped is never cut. */
  columns(): number
  rows(): number
  /** stdin line by line, without the line ends. */
  lines(): AsyncIterable<string>
  interrupted: AbortSignal
}

export const print = (terminal: Terminal, text: string) => terminal.write(`${text}\n`)

export const printJson = (terminal: Terminal, value: unknown) =>
  print(terminal, JSON.stringify(value, null, 2))
