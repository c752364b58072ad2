import { readFileSync } from "node:fs"

/**
 * What each process takes of the machine's memory, in bytes: pages that several share count in parts
 * (PSS), or a host's 100 MB of binary would count once for each. One that has just ended is left out.
 */
export const memoryOf = (pids: readonly number[]): [pid: number, bytes: number][] =>
  pids.flatMap((pid): [number, number][] => {
    try {
      const kilobytes = /^Pss:\s+(\d+) kB/m.exec(
        readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"),
      )?.[1]
      return kilobytes ? [[pid, Number(kilobytes) * 1024]] : []
    } catch {
      return []
    }
  })
