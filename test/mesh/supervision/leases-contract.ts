import { expect } from "bun:test"
import type { Leases } from "../../../plugin/mesh/supervision/leases.ts"

export interface LeasesWorld {
  leases: Leases
  /** The lease is taken from its holder, as from one that was too slow to renew it. */
  takeAway(fleetId: string): void | Promise<void>
}

const nothing = () => undefined

/**
 * What the port promises within one process, whatever keeps the leases. That it holds between
 * processes, and that a dead holder's lease becomes free, is tested where the leases are kept.
 */
export const leasesContract: Record<string, (world: LeasesWorld) => Promise<void>> = {
  async "a fleet has one holder at a time, and every fleet one of its own"({ leases }) {
    const first = await leases.acquire("flt_1", nothing)
    const other = await leases.acquire("flt_2", nothing)
    expect(first).toBeDefined()
    expect(other).toBeDefined()
    expect(await leases.acquire("flt_1", nothing)).toBeUndefined()
    await first!.release()
    await other!.release()
  },

  async "of many that ask at once one gets it"({ leases }) {
    const asked = await Promise.all([1, 2, 3, 4].map(() => leases.acquire("flt_1", nothing)))
    const held = asked.filter((lease) => lease !== undefined)
    expect(held).toHaveLength(1)
    await held[0]!.release()
  },

  async "a lease that is given back is the next one's, and giving it back twice takes nothing"({
    leases,
  }) {
    const lost: string[] = []
    const first = await leases.acquire("flt_1", () => void lost.push("first"))
    await first!.release()
    const second = await leases.acquire("flt_1", () => void lost.push("second"))
    expect(second).toBeDefined()
    await first!.release()
    expect(await leases.acquire("flt_1", nothing)).toBeUndefined()
    // Nobody left it to grow old.
    expect([first!.silentMs, second!.silentMs]).toEqual([0, 0])
    await second!.release()
    expect(lost).toEqual([])
  },

  async "a holder whose lease was taken is told once, and gives back what it has not"({
    leases,
    takeAway,
  }) {
    const told = Promise.withResolvers<void>()
    let times = 0
    const first = await leases.acquire("flt_1", () => {
      times++
      told.resolve()
    })
    await takeAway("flt_1")
    await told.promise
    const second = await leases.acquire("flt_1", nothing)
    expect(second).toBeDefined()
    await first!.release()
    expect(await leases.acquire("flt_1", nothing)).toBeUndefined()
    await second!.release()
    expect(times).toBe(1)
  },
}
