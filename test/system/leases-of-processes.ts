import { expect } from "bun:test"
import type { Lease, Leases } from "../../plugin/mesh/supervision/leases.ts"
import { startChild } from "../support/child.ts"

/** Where leases are kept, as several processes reach it. */
export interface LeasePlace {
  /** As one process has them. */
  leases(): Leases
  /** What test/fixtures/children/hold-lease.ts takes for the same place. */
  name: string
}

const nothing = () => undefined

/** Tries as a supervisor does, only more often. */
const acquireWithin = async (leases: Leases, fleetId: string, limitMs: number) => {
  const giveUpAt = performance.now() + limitMs
  let lease: Lease | undefined
  while (!lease && performance.now() < giveUpAt) {
    lease = await leases.acquire(fleetId, nothing)
    if (!lease) await pause(100)
  }
  return lease
}

/** What `Leases` promises between processes, beside the contract that each keeps within one. */
export const leasesOfProcesses: Record<string, (place: LeasePlace) => Promise<void>> = {
  async "a fleet has one holder at a time among all of them"(place) {
    const other = startChild("hold-lease", [place.name, "flt_2"])
    const lease = await place.leases().acquire("flt_1", nothing)
    try {
      await other.says("holding")
      expect(lease).toBeDefined()
      for (const leases of [place.leases(), place.leases()])
        for (const fleet of ["flt_1", "flt_2"])
          expect(await leases.acquire(fleet, nothing)).toBeUndefined()
      const refused = startChild("hold-lease", [place.name, "flt_1"])
      try {
        await refused.says("refused")
      } finally {
        refused.kill()
        await refused.ended
      }
    } finally {
      other.kill()
      await lease?.release()
    }
  },

  async "a lease stays with a holder that lives, and is free within ten seconds of one that was killed or stopped, who learns of it"(
    place,
  ) {
    const [alive, killed, stopped] = ["flt_alive", "flt_killed", "flt_stopped"].map((fleet) =>
      startChild("hold-lease", [place.name, fleet]),
    )
    const taken: (Lease | undefined)[] = []
    try {
      for (const child of [alive, killed, stopped]) await child!.says("holding")
      killed!.kill()
      stopped!.kill("SIGSTOP")
      await killed!.ended
      taken.push(
        ...(await Promise.all(
          ["flt_killed", "flt_stopped"].map((fleet) =>
            acquireWithin(place.leases(), fleet, 10_000),
          ),
        )),
      )
      expect(taken.map((lease) => lease !== undefined)).toEqual([true, true])
      for (const lease of taken) {
        expect(lease!.silentMs).toBeGreaterThanOrEqual(5000)
        expect(lease!.silentMs).toBeLessThan(13_000)
      }
      expect(await place.leases().acquire("flt_alive", nothing)).toBeUndefined()
      expect(stopped!.output()).toBe("holding\n")
      stopped!.kill("SIGCONT")
      await stopped!.says("lost")
      expect(await place.leases().acquire("flt_stopped", nothing)).toBeUndefined()
      expect(alive!.output()).toBe("holding\n")
    } finally {
      for (const child of [alive, killed, stopped]) child!.kill()
      for (const lease of taken) await lease?.release()
    }
  },
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
