import { createInterface } from "node:readline"
import { writeSync } from "node:fs"
import { paint } from "../render/styled.ts"
import { leave, openScreen, type ScreenPort } from "./screen.ts"
import type { Terminal } from "./terminal.ts"

// A terminal sends Ctrl-C to the launcher and to us, and the launcher passes it on: what comes that
// close together is one wish.
const sameWishMs = 500

/** The terminal of this process. */
export const createProcessTerminal = (
  env: Record<string, string | undefined> = process.env,
): Terminal & { flush(): Promise<void> } => {
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

  const write = (text: string) => {
    // The callback of an empty write is called at once in Bun, whatever still waits before it.
    if (text === "") return
    written = new Promise((resolve) => void process.stdout.write(text, () => resolve()))
  }

  const isInteractive = process.stdout.isTTY === true
  const isColoured = isInteractive && !env["NO_COLOR"] && env["TERM"] !== "dumb"
  const columns = () => process.stdout.columns || Infinity
  const rows = () => process.stdout.rows || Infinity
  let told = ""

  const port: ScreenPort = {
    write,
    columns,
    rows,
    isColoured,
    listen(onData, onResize) {
      const { stdin, stdout } = process
      const onKeys = (data: Buffer) => {
        const text = data.toString("utf8")
        // In raw mode the terminal makes no signal of it, and it must work whatever is shown.
        if (text.includes("\u0003")) interrupt()
        onData(text)
      }
      const onExit = () => {
        // Too late for anything that is not done at once.
        stdin.setRawMode(false)
        writeSync(1, leave)
      }
      stdin.setRawMode(true)
      stdin.on("data", onKeys)
      stdin.resume()
      stdout.on("resize", onResize)
      process.on("exit", onExit)
      return () => {
        process.off("exit", onExit)
        stdout.off("resize", onResize)
        stdin.off("data", onKeys)
        stdin.setRawMode(false)
        stdin.pause()
      }
    },
  }

  return {
    write,
    warn: (text) => void process.stderr.write(`${text}\n`),
    paint: (lines) => write(lines.map((line) => `${paint(line, isColoured)}\n`).join("")),
    progress(text) {
      if (process.stderr.isTTY !== true || text === told) return
      told = text
      process.stderr.write(`\r${text}\u001b[K`)
    },
    openScreen() {
      const isScreen = isInteractive && process.stdin.isTTY === true && env["TERM"] !== "dumb"
      return isScreen ? openScreen(port) : undefined
    },
    isInteractive,
    columns,
    rows,
    lines: () => createInterface({ input: process.stdin, crlfDelay: Infinity }),
    interrupted: interruption.signal,
    /** Resolves when what was written has left this process. */
    flush: () => written,
  }
}
