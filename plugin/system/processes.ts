import { execFileSync } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { createPatience } from "../mesh/ledger/patience.ts"

/** A process is trusted only with its start time: pids are used again. */
export interface ProcessIdentity {
  pid: number
  process_start: string
}

/**
 * When a process started, in whatever unit the system counts, or undefined when it is gone.
 * A zombie has ended, even if nobody has collected it.
 */
export const processStart = (pid: number): string | undefined =>
  process.platform === "linux" ? linuxStart(pid) : psStart(pid)

const linuxStart = (pid: number) => {
  try {
    // The command in parentheses may hold anything, so fields count from the last parenthesis:
    // the first is the state, the 20th the start time in clock ticks after boot (proc(5)).
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1")
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19]
  } catch {
    return undefined
  }
}

const psStart = (pid: number) => {
  try {
    const out = execFileSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], {
      encoding: "utf8",
    }).trim()
    return out === "" || out.startsWith("Z") ? undefined : out.replace(/^\S+\s+/, "")
  } catch {
    return undefined
  }
}

export const isAlive = ({ pid, process_start }: ProcessIdentity) =>
  processStart(pid) === process_start

let own: ProcessIdentity | undefined
/** This process. Its start time never changes, so it is read once. */
export const ownProcess = (): ProcessIdentity =>
  (own ??= { pid: process.pid, process_start: processStart(process.pid) ?? "unknown" })

export interface StartedAs {
  command: readonly string[]
  /** `NAME=value` */
  environment: readonly string[]
}

/** What a process of this user was started with; undefined when it is gone, or somebody else's. */
export const startedAs = (pid: number): StartedAs | undefined => {
  try {
    if (process.platform === "linux") {
      const read = (name: string) => readFileSync(`/proc/${pid}/${name}`, "utf8").split("\0")
      return { command: read("cmdline"), environment: read("environ") }
    }
    const args = ["-Eww", "-o", "command=", "-p", String(pid)]
    // ps writes the command and the environment in one line, words apart; what we look for holds no blank.
    const words = execFileSync("ps", args, { encoding: "utf8" }).trim().split(/\s+/)
    return { command: words, environment: words }
  } catch {
    return undefined
  }
}

/** Processes whose environment holds one of these `NAME=value` marks. */
export const markedProcesses = (marks: readonly string[]): number[] =>
  process.platform === "linux" ? linuxMarked(marks) : psMarked(marks)

const linuxMarked = (marks: readonly string[]) => {
  // Environments are bytes; both sides are read alike, or names beyond ASCII would never match.
  const wanted = marks.map((mark) => Buffer.from(mark).toString("latin1"))
  const without: string[] = []
  const isMarked = (pid: string) => {
    const environment = environmentOf(pid)
    if (environment === "") without.push(pid)
    const entries = environment.split("\0")
    return wanted.some((mark) => entries.includes(mark))
  }
  const found = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter(isMarked)
  // One that has just begun its program has no environment for a moment.
  return [...found, ...without.splice(0).filter(isMarked)]
    .map(Number)
    .filter((pid) => pid !== process.pid && processStart(pid) !== undefined)
}

const environmentOf = (pid: string) => {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1")
  } catch {
    return ""
  }
}

const psMarked = (marks: readonly string[]) => {
  try {
    return execFileSync("ps", ["-Ewwax", "-o", "pid=,command="], {
      encoding: "utf8",
      maxBuffer: 64 << 20,
    })
      .split("\n")
      .filter((line) => marks.some((mark) => ` ${line} `.includes(` ${mark} `)))
      .map((line) => Number.parseInt(line, 10))
      .filter((pid) => pid > 0 && pid !== process.pid)
  } catch {
    return []
  }
}

/** A polite signal, then a firm one to whoever is left. Resolves when none of them lives. */
export const endProcesses = async (find: () => number[], graceMs: number) => {
  if (graceMs > 0) {
    signal(find(), "SIGTERM")
    if (await gone(find, graceMs)) return
  }
  // What one of them started just before it ended is found with the next look.
  await gone(() => {
    const left = find()
    signal(left, "SIGKILL")
    return left
  }, 2000)
}

/** For a process that cannot hear a polite signal. */
export const killNow = (pid: number) => signal([pid], "SIGKILL")

/** Certainly no process: cheap enough to ask four times a second. A zombie is not noticed. */
export const isGone = (pid: number) => {
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH"
  }
}

const gone = async (find: () => number[], patienceMs: number) => {
  const patience = createPatience(patienceMs)
  while (find().length > 0) {
    if (patience.isOver()) return false
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  return true
}

const signal = (pids: readonly number[], name: "SIGTERM" | "SIGKILL") => {
  for (const pid of pids) {
    try {
      process.kill(pid, name)
    } catch {
      // It ended by itself in the meantime.
    }
  }
}
