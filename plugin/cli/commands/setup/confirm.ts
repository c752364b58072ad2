import type { Terminal } from "../../terminal/terminal.ts"

/** Asks a person who looks; where nobody does, what was asked for is done. Ends of input mean no. */
export const confirm = async (terminal: Terminal, question: string): Promise<boolean> => {
  if (!terminal.isInteractive) return true
  terminal.write(`${question} [y/N] `)
  for await (const line of terminal.lines()) return /^\s*y(es)?\s*$/i.test(line)
  terminal.write("\n")
  return false
}
