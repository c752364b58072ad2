import { createTail, type ProgramEnd, runProgram } from "../offspring/run-program.ts"

export interface CommandRun {
  directory: string
  env: Record<string, string | undefined>
  /** Its time limit. */
  ms: number
  /** Ends all that it has started. */
  end: () => Promise<unknown>
  signal?: AbortSignal | undefined
}

/** Enough to see what went wrong, little enough for a command that floods its output. */
const keptCharacters = 64_000

/** Runs a shell command to its end or its time limit; nothing it started outlives either. */
export const runCommand = async (
  command: string,
  { directory, env, ms, end, signal }: CommandRun,
) => {
  const begun = performance.now()
  const output = createTail(keptCharacters)
  const ended = await runProgram(["sh", "-c", command], {
    ...{ directory, env, end, signal },
    timeoutMs: ms,
    say: output.add,
  })
  const spent = Math.round(performance.now() - begun)
  return { ms: spent, text: output.text(), failure: failureOf(ended, ms) }
}

const failureOf = ({ exit, stopped, failure }: ProgramEnd, limit: number) => {
  if (failure !== undefined) return failure
  if (stopped === "late") return `did not end within ${limit} ms and was ended`
  if (stopped !== undefined) return `was ended ${stopped}`
  return exit === 0 ? undefined : `ended with exit code ${exit}`
}
