import { appendFileSync, mkdirSync } from "node:fs"
import { pathsIn } from "./mesh-home.ts"
import { rotate } from "./upkeep/rotate.ts"

/** Weeks of faults: a full log is put aside, and three of those are kept. */
const size = { mostBytes: 1024 * 1024, kept: 3 }
/** A fault that carries a whole file or request says enough with its beginning. */
const mostCharacters = 16_000

/** Faults of ours go here, never to the user's terminal. A log that cannot be written is given up. */
export const createLog = (home: string, now: () => number) => (error: unknown) => {
  try {
    const { logs, log } = pathsIn(home)
    mkdirSync(logs, { recursive: true, mode: 0o700 })
    rotate(log, size)
    const text = describe(error).slice(0, mostCharacters)
    appendFileSync(log, `${new Date(now()).toISOString()} ${process.pid} ${text}\n`, {
      mode: 0o600,
    })
  } catch {
    // There is nowhere left to say it.
  }
}

const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? "" : `\n  caused by ${describe(error.cause)}`
  return `${error.stack ?? error.message}${cause}`
}
