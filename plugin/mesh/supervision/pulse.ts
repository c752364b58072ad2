import type { Changes } from "../ledger/changes.ts"
import { openHosts } from "../ledger/tables/hosts.ts"
import type { Ledger } from "../ledger/ledger.ts"

export interface PulseDeps {
  ledger: Ledger
  changes: Changes
  /** Whether there is certainly no such process; cheap. */
  isGone: (pid: number) => boolean
  /** How often it looks without a commit, at what only time brings. */
  lookMs?: number
}

// A host that was killed is noticed within this: asking whether pids exist costs a microsecond each.
const pulseMs = 250

/** When a supervisor looks at its fleets: after every commit, once a second, and when a host is gone. */
export const startPulse = (
  { ledger, changes, isGone, lookMs = 1000 }: PulseDeps,
  fleets: () => Iterable<string>,
  look: (fleetId: string) => void,
) => {
  const lookAtAll = () => {
    for (const fleetId of fleets()) look(fleetId)
  }
  const hasGoneHost = async (fleetId: string) => {
    try {
      const open = await ledger.read((db) => openHosts(db, fleetId))
      return open.some(({ pid }) => pid !== null && isGone(pid))
    } catch {
      // The next look meets the same fault, and reports it.
      return false
    }
  }
  const lookAtLosses = async () => {
    for (const fleetId of [...fleets()]) if (await hasGoneHost(fleetId)) look(fleetId)
  }
  const unsubscribe = changes.subscribe(lookAtAll)
  const timers = [setInterval(lookAtAll, lookMs), setInterval(() => void lookAtLosses(), pulseMs)]
  for (const timer of timers) timer.unref?.()
  return () => {
    for (const timer of timers) clearInterval(timer)
    unsubscribe()
  }
}
