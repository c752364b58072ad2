import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { environmentNames as names } from "./mesh-environment.ts"

export interface ProcessLook {
  parent: number
  /** `NAME=value`, as the process was started with. */
  environment: readonly string[]
}

export type Look = (pid: number) => ProcessLook | undefined

/** Deeper than any chain of shells; a loop in what we read must end. */
const mostAncestors = 64

/**
 * Whether this process was started, however indirectly, by an agent's tools: its own environment or
 * that of an ancestor carries the mark of an agent, or an ancestor is a host. An agent may clear its
 * own environment, but not that of the processes it came from. Only what it cut loose from them (a
 * daemon that cleared its environment first) is not recognised.
 */
export const isInsideAgent = (
  env: Record<string, string | undefined> = process.env,
  pid: number = process.pid,
  look: Look = systemLook,
): boolean =>
  Boolean(env[names.agent]) ||
  [...ancestorsOf(pid, look)].some(({ environment }) => environment.some(isMark))

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
    // The command in parentheses may hold anything; after it come the state and the parent (proc(5)).
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1")
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1])
    return { parent, environment: readEnvironment(pid) }
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
    const args = ["-Eww", "-o", "ppid=,command=", "-p", String(pid)]
    const [parent = "", ...words] = execFileSync("ps", args, { encoding: "utf8" })
      .trim()
      .split(/\s+/)
    return { parent: Number(parent), environment: words }
  } catch {
    return undefined
  }
}

export const systemLook: Look = (pid) =>
  process.platform === "linux" ? linuxLook(pid) : psLook(pid)
