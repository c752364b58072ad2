import { readdirSync, readFileSync } from "node:fs"
import { isLineage } from "./lineage.ts"

export interface ProcessRow {
  pid: number
  parent: number
  session: number
  /** In clock ticks after boot. */
  startedAt: number
  /** The number of the host it comes from, if it comes from one. */
  lineage: string | undefined
  /** `NAME=value`; nothing where it is closed to us, and nonsense where the program wrote over it. */
  environment: readonly string[]
}

/** Linux counts process times in hundredths of a second, whatever the kernel's own pace. */
const ticksPerSecond = 100
/** Threads of the kernel are its children, and come from nobody. */
const kernelThreads = 2

/** Every living process, as Linux tells of it. Limits and environments are read when asked for. */
export const readProcessTable = (): ProcessRow[] =>
  readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? (readRow(Number(name)) ?? []) : []))

const readRow = (pid: number): ProcessRow | undefined => {
  // The command in parentheses may hold anything, so fields count from the last parenthesis (proc(5)).
  const stat = read(`/proc/${pid}/stat`)
  const [state, parent, , session, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
  if (!state || state === "Z" || state === "X" || Number(parent) === kernelThreads) return undefined
  let lineage: { limit: string | undefined } | undefined
  let environment: readonly string[] | undefined
  return {
    pid,
    parent: Number(parent),
    session: Number(session),
    startedAt: Number(rest[15]),
    get lineage() {
      lineage ??= { limit: lineageOfProcess(pid) }
      return lineage.limit
    },
    get environment() {
      return (environment ??= read(`/proc/${pid}/environ`).split("\0"))
    },
  }
}

/** The number of the host that a process comes from, if it comes from one. */
export const lineageOfProcess = (pid: number): string | undefined => {
  const soft = /^Max file locks +(\S+)/m.exec(read(`/proc/${pid}/limits`))?.[1]
  return soft && isLineage(soft) ? soft : undefined
}

/** A process may end while we look, and other users' environments are closed to us. */
const read = (path: string) => {
  try {
    return readFileSync(path, "latin1")
  } catch {
    return ""
  }
}

/** Now, as start times of processes are counted. */
export const readTicks = (): number => Number(read("/proc/uptime").split(" ")[0]) * ticksPerSecond
