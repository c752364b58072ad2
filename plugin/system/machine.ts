import { readFileSync } from "node:fs"
import { availableParallelism, freemem } from "node:os"
import type { Machine } from "../mesh/model/machine.ts"

/** Cores and the memory that can be had without swapping. */
export const readMachine = (): Machine => ({
  cores: availableParallelism(),
  freeBytes: availableBytes(),
})

const availableBytes = () => {
  try {
    const kilobytes = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1]
    if (kilobytes) return Number(kilobytes) * 1024
  } catch {
    // Only Linux has it.
  }
  return freemem()
}
