import { readFileSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"

/** Linux counts CPU time in these, whatever the kernel's own tick is (proc(5), USER_HZ). */
const ticksPerSecond = 100
const pollMs = 10

export interface ProcessCost {
  cpuSeconds: number
  peakMb: number
}

/** What a process and the children it has waited for have used since it started. */
export const readCost = (pid: number): ProcessCost | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1")
    // The command in parentheses may hold anything, so fields count from the last parenthesis;
    // user and system time, own and of children, are the 12th to the 15th after it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
    const status = readFileSync(`/proc/${pid}/status`, "latin1")
    const peak = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]
    return peak ? { cpuSeconds: ticks / ticksPerSecond, peakMb: Number(peak) / 1024 } : undefined
  } catch {
    return undefined
  }
}

/** Resident now, and the share of it that would be free without this process (proc(5), Pss). */
export const readMemory = (pid: number) => {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "latin1")
  const of = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(rollup)?.[1]) / 1024
  return { rssMb: of("Rss"), pssMb: of("Pss") }
}

/** The cost at the moment `isDone` becomes true, or the last one seen when the process ends first. */
export const costUntil = async (
  pid: number,
  isDone: () => boolean | Promise<boolean>,
  timeoutMs: number,
): Promise<ProcessCost> => {
  let last: ProcessCost | undefined
  for (const giveUpAt = Date.now() + timeoutMs; Date.now() < giveUpAt; await sleep(pollMs)) {
    const done = await isDone()
    const cost = readCost(pid)
    last = cost ?? last
    if (!last) throw new Error(`process ${pid} was gone before it could be measured`)
    if (done || !cost) return last
  }
  throw new Error(`process ${pid} had no result within ${timeoutMs} ms`)
}
