import { statSync } from "node:fs"
import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import type { Leases } from "../mesh/supervision/leases.ts"
import { pathsIn } from "./mesh-home.ts"

const staleMs = 5000

/** Leases as lock folders in the mesh home: their time stamps are renewed by whoever lives. */
export const createFileLeases = (home: string): Leases => ({
  async acquire(fleetId, onLost) {
    const folder = pathsIn(home).leases
    // Hosts ask every 2 s for hours: a look at the lock costs a fraction of a try to take it.
    const silentMs = silenceOf(join(folder, `${fleetId}.lock`))
    if (silentMs !== undefined && Math.abs(silentMs) < staleMs) return undefined
    // Loaded by the first fleet: most sessions lead none, and it costs 30 ms.
    const { default: lockfile } = await import("proper-lockfile")
    await mkdir(folder, { recursive: true, mode: 0o700 })
    let released = false
    try {
      const unlock = await lockfile.lock(join(folder, fleetId), {
        realpath: false,
        stale: staleMs,
        update: 2000,
        retries: 0,
        onCompromised: () => {
          if (released) return
          released = true
          onLost()
        },
      })
      return {
        silentMs: Math.max(0, silentMs ?? 0),
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

/** How long ago whoever holds the lock has said so. */
const silenceOf = (lock: string) => {
  const mtimeMs = statSync(lock, { throwIfNoEntry: false })?.mtimeMs
  return mtimeMs === undefined ? undefined : Date.now() - mtimeMs
}
