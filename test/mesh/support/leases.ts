import type { Leases } from "../../../plugin/mesh/supervision/leases.ts"

/** As the contract says: one holder per fleet, and `lose` is what a too slow one meets. */
export const createMemoryLeases = () => {
  const holders = new Map<string, { onLost: () => void }>()
  const silent = new Map<string, number>()
  const released = Promise.withResolvers<void>()
  const port: Leases = {
    async acquire(fleetId, onLost) {
      if (holders.has(fleetId)) return undefined
      const holder = { onLost }
      holders.set(fleetId, holder)
      return {
        silentMs: silent.get(fleetId) ?? 0,
        async release() {
          if (holders.get(fleetId) === holder) holders.delete(fleetId)
          released.resolve()
        },
      }
    },
  }
  return {
    port,
    released: released.promise,
    isHeld: (fleetId: string) => holders.has(fleetId),
    /** Taken from a holder that has not renewed it for so long. */
    lose(fleetId: string, silentMs = 0) {
      silent.set(fleetId, silentMs)
      const holder = holders.get(fleetId)
      holders.delete(fleetId)
      holder?.onLost()
    },
  }
}
