import { appendFileSync, mkdirSync } from "node:fs"
import { pathsIn } from "./mesh-home.ts"

/** Faults of ours go here, never to the user's terminal. A log that cannot be written is given up. */
export const createLog = (home: string, now: () => number) => (error: unknown) => {
  try {
    const { logs, log } = pathsIn(home)
    mkdirSync(logs, { recursive: true, mode: 0o700 })
    appendFileSync(log, `${new Date(now()).toISOString()} ${process.pid} ${describe(error)}\n`, {
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
