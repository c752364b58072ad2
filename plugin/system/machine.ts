import { execFileSync } from "node:child_process"
import { readFileSync, statfsSync } from "node:fs"
import { availableParallelism, freemem } from "node:os"
import type { Machine } from "../mesh/machine.ts"

/** Cores and the memory that can be had without swapping. */
export const readMachine = (): Machine => ({
  cores: availableParallelism(),
  freeBytes: availableBytes(),
})

const availableBytes = () => {
  try {
    if (process.platform === "darwin")
      return parseVmStat(execFileSync("vm_stat", { encoding: "utf8" })) ?? freemem()
    const kilobytes = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1]
    if (kilobytes) return Number(kilobytes) * 1024
  } catch {
    // Neither Linux nor macOS.
  }
  return freemem()
}

/** Undefined where there is no folder yet, or nobody can tell. */
export const freeDiskBytes = (folder: string): number | undefined => {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  } catch {
    return undefined
  }
}

/** On macOS what is free is next to nothing: files that can be dropped fill the rest. */
export const parseVmStat = (text: string): number | undefined => {
  const pageSize = Number(/page size of (\d+) bytes/.exec(text)?.[1])
  const pages = ["free", "inactive", "speculative", "purgeable"].map((kind) =>
    Number(new RegExp(`^Pages ${kind}:\\s+(\\d+)\\.`, "m").exec(text)?.[1] ?? 0),
  )
  const bytes = pageSize * pages.reduce((sum, count) => sum + count, 0)
  return bytes > 0 ? bytes : undefined
}

/**
 * Why Meshfleet is off on this platform; undefined where it runs. On Windows it cannot keep what it
 * promises: processes are known by /proc or ps, hosts are guarded by a shell, ended by signals with all
 * that their agents started, and found by limits and environments that nobody can read there.
 */
export const whyOff = (platform: NodeJS.Platform): string | undefined =>
  platform === "win32"
    ? "fleets need Linux or macOS, because Windows lets nobody see and end what an agent has started. Use OpenCode inside WSL 2 for fleets."
    : undefined
