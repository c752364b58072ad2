import type { Isolation } from "../ledger/tables/rows.ts"

export interface Machine {
  cores: number
  freeBytes: number
  /** What each host takes beyond itself: the servers that the user's configuration starts in it. */
  extrasBytes?: number
}

/** Hosts of the other fleets on this machine. */
export interface HeldHosts {
  /** As many as those fleets may have. */
  promised: number
  /** How many of them run: what these take by now is missing from the free memory already. */
  running: number
}

const nobody: HeldHosts = { promised: 0, running: 0 }

export interface Admission {
  /** Agents at work at once; the rest is queued. */
  maxParallel: number
  /** Host processes at once; with isolation auto further agents share them. */
  hostLimit: number
}

/** What one host takes at its peak: measured 305 MB idle, 600 MB while it works. */
export const hostBytes = 600 * 1024 * 1024
const idleHostBytes = 305 * 1024 * 1024

/** What one more session in a running host takes: measured 50 sessions in 500 MB. */
export const sessionBytes = 12 * 1024 * 1024

/** A machine without room still gets this many hosts, all fleets together: fewer would be no fleet. */
const leastHosts = 4

/**
 * How far a fleet may spread on this machine, using at most 60 % of the memory that is free now and
 * not promised to other fleets.
 */
export const admit = (
  isolation: Isolation,
  machine: Machine,
  wanted: number | undefined,
  held: HeldHosts = nobody,
): Admission => {
  const perHost = hostBytes + (machine.extrasBytes ?? 0)
  const reserved =
    (held.promised - held.running) * perHost + held.running * (hostBytes - idleHostBytes)
  const budget = Math.max(0, machine.freeBytes - reserved) * 0.6
  const byMemory = Math.floor(budget / perHost)
  const least = Math.max(1, leastHosts - held.promised)
  const hosts = Math.max(least, Math.min(machine.cores * 2 - held.promised, byMemory))
  if (isolation === "process") {
    const maxParallel = wanted ?? hosts
    return { maxParallel, hostLimit: maxParallel }
  }
  const hostLimit = isolation === "shared" ? 1 : hosts
  const sessions = Math.floor((budget - hostLimit * perHost) / sessionBytes)
  const maxParallel = wanted ?? Math.max(hostLimit, leastHosts, Math.min(64, sessions))
  return { maxParallel, hostLimit: Math.min(hostLimit, maxParallel) }
}
