import type { Isolation } from "../ledger/rows.ts"

export interface Machine {
  cores: number
  freeBytes: number
}

export interface Admission {
  /** Agents at work at once; the rest is queued. */
  maxParallel: number
  /** Host processes at once; with isolation auto further agents share them. */
  hostLimit: number
}

/** What one host takes at its peak: measured 305 MB idle, 600 MB while it works. */
export const hostBytes = 600 * 1024 * 1024

/** What one more session in a running host takes: measured 50 sessions in 500 MB. */
export const sessionBytes = 12 * 1024 * 1024

/** A machine without room still gets this many hosts: fewer would be no fleet. */
const leastHosts = 4

/** How far a fleet may spread on this machine, using at most 60 % of the memory that is free now. */
export const admit = (
  isolation: Isolation,
  machine: Machine,
  wanted: number | undefined,
): Admission => {
  const budget = machine.freeBytes * 0.6
  const byMemory = Math.floor(budget / hostBytes)
  const hosts = Math.max(leastHosts, Math.min(machine.cores * 2, byMemory))
  if (isolation === "process") {
    const maxParallel = wanted ?? hosts
    return { maxParallel, hostLimit: maxParallel }
  }
  const hostLimit = isolation === "shared" ? 1 : hosts
  const sessions = Math.floor((budget - hostLimit * hostBytes) / sessionBytes)
  const maxParallel = wanted ?? Math.max(hostLimit, leastHosts, Math.min(64, sessions))
  return { maxParallel, hostLimit: Math.min(hostLimit, maxParallel) }
}
