import type * as z from "zod"
import type { Fits, Output } from "../outputs/output.ts"
import { renderJson } from "../render/render-json.ts"
import type { StyledLine } from "../render/styled.ts"
import type { Screen } from "./screen.ts"

/**
 * Where a command reads and writes.
 *
 * Contract: `write`, `warn`, `paint` and `progress` never throw, also when the reader is gone. `interrupted` is aborted by
 * the first Ctrl-C or SIGTERM; whoever waits ends then and cleans up.
 */
export interface Terminal {
  /** stdout, as it is; what commands get takes out what steers a terminal (`guardTerminal`). */
  write(text: string): void
  /** Lines on stdout, in colours where a person looks who has not said NO_COLOR. */
  paint(lines: readonly StyledLine[]): void
  /** Undefined where there is none: stdin or stdout is no terminal, or one that only prints. */
  openScreen(): Screen | undefined
  /** One line on stderr that the next one, or an empty one, replaces; only where a person looks. */
  progress(text: string): void
  /** One line or more on stderr: errors and remarks, never data. */
  warn(text: string): void
  /** Whether a person looks at stdout. */
  isInteractive: boolean
  /** Infinity where nobody looks: what is piped is never cut. */
  columns(): number
  rows(): number
  /** stdin line by line, without the line ends. */
  lines(): AsyncIterable<string>
  interrupted: AbortSignal
}

export const print = (terminal: Terminal, text: string) => terminal.write(`${text}\n`)

/** In the form that is published for this output: the compiler holds us to it. */
export const printJson = <S extends z.ZodType>(
  terminal: Terminal,
  { isLines }: Output<S>,
  value: Fits<z.input<S>>,
) => print(terminal, isLines ? renderJson(value) : renderJson(value, 2))
