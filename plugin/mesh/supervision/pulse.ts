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
export const createPulse = (
  { ledger, changes, isGone, lookMs = 1000 }: PulseDeps,
  fleets: () => Iterable<string>,
  look: (fleetId: string) => void,
) => {
  let timers: ReturnType<typeof setInterval>[] = []
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
  const rest = () => {
    for (const timer of timers.splice(0)) clearInterval(timer)
  }
  /** A process that supervises nothing, as most hosts, does not wake up for it. */
  const lookOrRest = () => {
    if ([...fleets()].length === 0) return rest()
    lookAtAll()
  }
  const unsubscribe = changes.subscribe(lookAtAll)
  return {
    /** There is a fleet to look at: until there is none any more. */
    start() {
      if (timers.length > 0) return
      timers = [setInterval(lookOrRest, lookMs), setInterval(() => void lookAtLosses(), pulseMs)]
      for (const timer of timers) timer.unref?.()
    },
    stop() {
      rest()
      unsubscribe()
    },
  }
}
