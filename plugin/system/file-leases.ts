import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import type { Leases } from "../mesh/supervision/leases.ts"
import { pathsIn } from "./mesh-home.ts"

/** Leases as lock folders in the mesh home: their time stamps are renewed by whoever lives. */
export const createFileLeases = (home: string): Leases => ({
  async acquire(fleetId, onLost) {
    // Loaded by the first fleet: most sessions lead none, and it costs 30 ms.
    const { default: lockfile } = await import("proper-lockfile")
    const folder = pathsIn(home).leases
    await mkdir(folder, { recursive: true, mode: 0o700 })
    let released = false
    try {
      const unlock = await lockfile.lock(join(folder, fleetId), {
        realpath: false,
        stale: 5000,
        update: 2000,
        retries: 0,
        onCompromised: () => {
          if (released) return
          released = true
          onLost()
        },
      })
      return {
        async release() {
          if (released) return
          released = true
          await unlock().catch(() => undefined)
        },
      }
    } catch (error) {
      if ((error as { code?: string }).code === "ELOCKED") return undefined
      throw error
    }
  },
})
