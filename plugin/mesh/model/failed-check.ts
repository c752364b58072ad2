/** A command that an agent ran in its shell and that has ended. */
export interface ShellRun {
  command: string
  exit: number
  output: string
}

/** A check that failed: its command, its exit code, and the end of what it printed. */
export interface FailedCheck {
  command: string
  exit: number
  output: string
}

const check =
  /\b(?:tests?|specs?|check|lint|typecheck|build|tsc|pytest|jest|vitest|mocha|uvu|ctest|rspec|phpunit|eslint|oxlint|biome|ruff|mypy|clippy|gradlew?|mvn|make|go vet)\b/i

const longestCommand = 200
const longestOutput = 600

/**
 * The last check that failed and did not pass when it was run again. Other commands fail for good
 * reasons: a search that finds nothing, a probe for a file.
 */
export const lastFailedCheck = (runs: readonly ShellRun[]): FailedCheck | undefined => {
  const latest = new Map<string, ShellRun>()
  for (const run of runs.filter(({ command }) => check.test(command))) {
    // The latest run of a command goes to the end.
    latest.delete(run.command)
    latest.set(run.command, run)
  }
  const failed = [...latest.values()].findLast(({ exit }) => exit !== 0)
  return (
    failed && {
      command: failed.command.slice(0, longestCommand),
      exit: failed.exit,
      output: failed.output.trimEnd().slice(-longestOutput),
    }
  )
}
