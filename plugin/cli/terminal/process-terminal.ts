import { createInterface } from "node:readline"
import type { Terminal } from "./terminal.ts"

// A terminal sends Ctrl-C to the launcher and to us, and the launcher passes it on: what comes that
// close together is one wish.
const sameWishMs = 500

/** The terminal of this process. */
export const createProcessTerminal = (): Terminal & { flush(): Promise<void> } => {
  const interruption = new AbortController()
  let interruptedAt: number | undefined
  const interrupt = () => {
    if (interruptedAt !== undefined && Date.now() - interruptedAt > sameWishMs) process.exit(130)
    interruptedAt ??= Date.now()
    interruption.abort()
  }
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, interrupt)
  // `meshfleet events | head` closes the pipe early: that is an end, not an error.
  process.stdout.on("error", () => process.exit(0))
  process.stderr.on("error", () => undefined)

  let written = Promise.resolve()

  return {
    write(text) {
      // The callback of an empty write is called at once in Bun, whatever still waits before it.
      if (text === "") return
      written = new Promise((resolve) => void process.stdout.write(text, () => resolve()))
    },
    warn: (text) => void process.stderr.write(`${text}\n`),
    isInteractive: process.stdout.isTTY === true,
    columns: () => process.stdout.columns || Infinity,
    rows: () => process.stdout.rows || Infinity,
    lines: () => createInterface({ input: process.stdin, crlfDelay: Infinity }),
    interrupted: interruption.signal,
    /** Resolves when what was written has left this process. */
    flush: () => written,
  }
}
