import { expect } from "bun:test"
import type { Lease, Leases } from "../../plugin/mesh/supervision/leases.ts"
import { startChild } from "../support/child.ts"

/** Where leases are kept, as tests reach it. */
export interface LeasePlace {
  /** As one process has them. */
  leases(): Leases
  /** What test/fixtures/children/hold-lease.ts takes for the same place. */
  name: string
  /** Takes a lease away from whoever holds it. */
  takeAway(fleetId: string): Promise<void>
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

/** What `Leases` promises, whatever they are kept in. */
export const leasesContract: Record<string, (place: LeasePlace) => Promise<void>> = {
  async "have one holder at a time, in this process and among others, per fleet"(place) {
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

  async "go to one of those who ask at the same moment"(place) {
    const leases = await Promise.all(
      Array.from({ length: 8 }, () => place.leases().acquire("flt_1", nothing)),
    )
    const holders = leases.filter((lease) => lease !== undefined)
    expect(holders).toHaveLength(1)
    await holders[0]!.release()
  },

  async "go to the next once released, and a second release takes nothing from him"(place) {
    const leases = place.leases()
    const lost: string[] = []
    const first = await leases.acquire("flt_1", () => lost.push("first"))
    await first!.release()
    const second = await leases.acquire("flt_1", nothing)
    await first!.release()
    expect(second).toBeDefined()
    expect(await leases.acquire("flt_1", nothing)).toBeUndefined()
    await second!.release()
    expect(lost).toEqual([])
  },

  async "stay with a holder that lives, and are free within ten seconds of one that was killed or stopped, which learns of it"(
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

  async "that were taken away are told of once, and released without disturbing anybody"(place) {
    const { promise, resolve } = Promise.withResolvers<void>()
    let times = 0
    const lease = await place.leases().acquire("flt_1", () => {
      times++
      resolve()
    })
    await place.takeAway("flt_1")
    await promise
    const next = await place.leases().acquire("flt_1", nothing)
    await lease!.release()
    expect(next).toBeDefined()
    expect(await place.leases().acquire("flt_1", nothing)).toBeUndefined()
    await next!.release()
    expect(times).toBe(1)
  },
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
