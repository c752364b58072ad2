import { mkdir } from "node:fs/promises"
import type { CheckRun } from "../../mesh/merging/merge-trees.ts"
import { createTail, type ProgramEnd, runProgram } from "../offspring/run-program.ts"

export interface CheckDeps {
  directory: string
  env: Record<string, string | undefined>
  /** Ends it, and whatever it has started. */
  end: () => Promise<void>
  signal: AbortSignal
}

/** Long enough for an install and the tests of a large project; more is a check that waits for somebody. */
const longestMs = 30 * 60_000
/** What of its output is worth reading in a result. */
const tailCharacters = 4000

// oxlint-disable-next-line no-control-regex
const styles = /\u001b\[[0-9;]*[A-Za-z]/g

/** Runs a line in a shell, as a person would, but with nobody to answer it. */
export const runCheck = async (
  command: string,
  { directory, env, end, signal }: CheckDeps,
): Promise<CheckRun> => {
  await mkdir(directory, { recursive: true })
  const output = createTail(4 * tailCharacters)
  const ended = await runProgram(["sh", "-c", command], {
    ...{ directory, env, end, signal },
    timeoutMs: longestMs,
    say: output.add,
  })
  const why = complaintOf(ended)
  const tail = output.text().replace(styles, "").trimEnd().slice(-tailCharacters)
  return { ok: why === "", output: why === "" ? tail : `${tail}\n[${why}]`.trimStart() }
}

const complaintOf = ({ exit, stopped, failure }: ProgramEnd) => {
  if (failure !== undefined) return failure
  if (stopped === "late") return `ended after ${longestMs / 60_000} minutes`
  if (stopped === "aborted") return "interrupted"
  if (stopped !== undefined) return `ended ${stopped}`
  return exit === 0 ? "" : `exit code ${exit}`
}
