import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { lineageOfProcess } from "./offspring/process-table.ts"
import { environmentNames as names } from "./mesh-environment.ts"

export interface ProcessLook {
  parent: number
  /** `NAME=value`, as the process was started with. */
  environment: readonly string[]
  /** On Linux: it comes from a host, however long ago and whatever it has cleared since. */
  isOffspring?: boolean
  /** It has a controlling terminal. */
  hasTerminal: boolean
}

export type Look = (pid: number) => ProcessLook | undefined

/** Deeper than any chain of shells; a loop in what we read must end. */
const mostAncestors = 64

/**
 * Whether this process was started, however indirectly, by an agent's tools: its own environment or
 * that of an ancestor carries the mark of an agent, or an ancestor is a host or (on Linux) comes from
 * one. An agent may clear its own environment, but not that of the processes it came from. Where
 * processes carry no number of their host, a daemon that cleared its environment is not recognised.
 */
export const isInsideAgent = (
  env: Record<string, string | undefined> = process.env,
  pid: number = process.pid,
  look: Look = systemLook,
): boolean =>
  Boolean(env[names.agent]) ||
  [...ancestorsOf(pid, look)].some(
    ({ environment, isOffspring }) => isOffspring || environment.some(isMark),
  )

/** A process and those it came from, as far up as can be seen. */
export function* ancestorsOf(pid: number, look: Look): Generator<ProcessLook & { pid: number }> {
  let current = pid
  for (let depth = 0; depth < mostAncestors && current > 0; depth++) {
    const found = look(current)
    if (!found) return
    yield { ...found, pid: current }
    current = found.parent
  }
}

// Blanked is as good as absent: that is how a host keeps its own marks from its agents' tools.
const isMark = (entry: string) =>
  [names.agent, names.nonce].some(
    (name) => entry.startsWith(`${name}=`) && entry.length > name.length + 1,
  )

const linuxLook: Look = (pid) => {
  try {
    // The command in parentheses may hold anything; after it come state, parent, group, session and
    // terminal (proc(5)).
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1")
    const [, parent, , , terminal] = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    const hasTerminal = Number(terminal) !== 0
    const isOffspring = lineageOfProcess(pid) !== undefined
    return { parent: Number(parent), environment: readEnvironment(pid), isOffspring, hasTerminal }
  } catch {
    return undefined
  }
}

/** Other users' processes (sshd, login) are closed to us, and none of ours. */
const readEnvironment = (pid: number) => {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0")
  } catch {
    return []
  }
}

const psLook: Look = (pid) => {
  try {
    const args = ["-Eww", "-o", "ppid=,tty=,command=", "-p", String(pid)]
    const [parent = "", terminal = "", ...words] = execFileSync("ps", args, { encoding: "utf8" })
      .trim()
      .split(/\s+/)
    return { parent: Number(parent), environment: words, hasTerminal: !/^[?-]*$/.test(terminal) }
  } catch {
    return undefined
  }
}

export const systemLook: Look = (pid) =>
  process.platform === "linux" ? linuxLook(pid) : psLook(pid)
