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

/** Programs that look at files or move them: a name of a check among what they are given says nothing. */
const looks =
  /^(?:\[|test|ls|find|fd|which|type|command|cat|head|tail|grep|rg|sed|awk|echo|printf|wc|stat|file|diff|git|cd|pwd|mkdir|rm|cp|mv|touch|chmod|export|curl|kill|sleep)(?:\s|$)/

const longestCommand = 200
const longestOutput = 600

/**
 * The last check that failed and did not pass when it was run again. Other commands fail for good
 * reasons: a search that finds nothing, a probe for a file.
 */
export const lastFailedCheck = (runs: readonly ShellRun[]): FailedCheck | undefined => {
  const latest = new Map<string, ShellRun>()
  for (const run of runs.filter(({ command }) => checksIn(command).length > 0)) {
    // The latest run of a command goes to the end.
    latest.delete(run.command)
    latest.set(run.command, run)
  }
  const runsLeft = [...latest.values()]
  const failed = runsLeft.findLast(
    (run, index) => run.exit !== 0 && !isMended(run, runsLeft.slice(index + 1)),
  )
  return (
    failed && {
      // What was done around it in the same line is no check.
      command: checksIn(failed.command).join(" && ").slice(0, longestCommand),
      exit: failed.exit,
      output: endOf(failed.output.replace(styles, "").trimEnd()),
    }
  )
}

/** Every check of the command has passed since, if in other company. */
const isMended = (failed: ShellRun, later: readonly ShellRun[]) => {
  const passed = later.filter(({ exit }) => exit === 0).flatMap(({ command }) => checksIn(command))
  return checksIn(failed.command).every((each) => passed.some((other) => covers(other, each)))
}

/** A compiler or a linter that has been called right has passed, however it was called before. */
const wholeChecks = new Set(["lint", "typecheck", "build", "tsc", "eslint", "oxlint", "biome"])

/** Whether one check says at least as much as another: tests of one file say nothing of another. */
const covers = (one: string, other: string) => {
  if (other === one || other.startsWith(`${one} `)) return true
  const [name, otherName] = [one, other].map((each) => check.exec(each)?.[0].toLowerCase())
  return name === otherName && wholeChecks.has(name!)
}

/**
 * The checks that the exit code of a line tells of, without their environment and where their output goes:
 * of commands in a row it is that of the last.
 */
const checksIn = (line: string) =>
  line
    .trimEnd()
    .split(/;|\n/)
    .findLast((command) => command.trim() !== "" && command.trim() !== "fi")!
    .split(/&&|\|\|/)
    .map((part) =>
      part
        .replace(/\|.*$/, "")
        .replace(/\d*>+\s*&?\S+/g, "")
        .trim()
        .replace(/^(?:env\s+)?(?:\w+=\S*\s+)*/, ""),
    )
    .filter((part) => check.test(part) && !looks.test(part))

// oxlint-disable-next-line no-control-regex
const styles = /\u001b\[[0-9;]*[A-Za-z]/g

/** Whole lines, if there are any. */
const endOf = (output: string) => {
  const end = output.slice(-longestOutput)
  const line = end.length < output.length ? end.indexOf("\n") + 1 : 0
  return end.slice(line)
}
