import { hostBytes, idleHostBytes } from "../machine.ts"
import type { HostRow } from "../ledger/tables/rows.ts"

/** The machine's memory, and the hosts of all fleets that take some of it or give it back soon. */
export interface Room {
  freeBytes: number
  /** What each host takes beyond itself. */
  extrasBytes: number
  /** Hosts of running fleets none of whose agents is at work. */
  idle: readonly IdleHost[]
  /** Hosts that come up: most of what they take is not missing from the free memory yet. */
  starting: number
  /** Hosts on their way out. */
  leaving: number
}

export type IdleHost = HostRow & { idle_since: number }

export interface RoomLimits {
  memoryReserveBytes: number
  lingerMs: number
}

/** A host that somebody waits for goes after this long at the latest, as mail follows an answer soon. */
const hurriedLingerMs = 1000

export interface GivingWay {
  /** How many have to go. */
  count: number
  /** Who may, the longest idle one first, whichever fleet it is of. */
  candidates: readonly IdleHost[]
}

/** Who gives way so that `starts` more hosts can come up and the reserve stays free. */
export const givingWay = (
  { freeBytes, extrasBytes, idle, starting, leaving }: Room,
  starts: number,
  at: number,
  { memoryReserveBytes, lingerMs }: RoomLimits,
): GivingWay => {
  const needed = memoryReserveBytes + (starts + starting) * (hostBytes + extrasBytes)
  const perIdle = idleHostBytes + extrasBytes
  const missing = needed - freeBytes - leaving * perIdle
  if (missing <= 0) return { count: 0, candidates: [] }
  const leastMs = starts > 0 ? Math.min(hurriedLingerMs, lingerMs) : lingerMs
  const candidates = idle
    .filter((host) => at - host.idle_since >= leastMs)
    .sort((a, b) => a.idle_since - b.idle_since || a.created_at - b.created_at)
  return { count: Math.min(Math.ceil(missing / perIdle), candidates.length), candidates }
}
