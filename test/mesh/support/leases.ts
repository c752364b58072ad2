import type { Leases } from "../../../plugin/mesh/supervision/leases.ts"

/** As the contract says: one holder per fleet, and `lose` is what a too slow one meets. */
export const createMemoryLeases = () => {
  const holders = new Map<string, { onLost: () => void }>()
  const released = Promise.withResolvers<void>()
  const port: Leases = {
    async acquire(fleetId, onLost) {
      if (holders.has(fleetId)) return undefined
      const holder = { onLost }
      holders.set(fleetId, holder)
      return {
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
    lose(fleetId: string) {
      const holder = holders.get(fleetId)
      holders.delete(fleetId)
      holder?.onLost()
    },
  }
}
