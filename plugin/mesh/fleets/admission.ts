import type { Isolation } from "../ledger/tables/rows.ts"
import { hostBytes, idleHostBytes, type Machine } from "../machine.ts"

/** Hosts of the other fleets on this machine. */
export interface HeldHosts {
  /** As many as those fleets may have. */
  promised: number
  /** How many of them run: what these take by now is missing from the free memory already. */
  running: number
  /** How many more stay without work: they give way to whoever needs their memory. */
  idle: number
}

const nobody: HeldHosts = { promised: 0, running: 0, idle: 0 }

export interface Admission {
  /** Agents at work at once; the rest is queued. */
  maxParallel: number
  /** Host processes at once; with isolation auto further agents share them. */
  hostLimit: number
}

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
  const free = machine.freeBytes + held.idle * (idleHostBytes + (machine.extrasBytes ?? 0))
  const budget = Math.max(0, free - reserved) * 0.6
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
