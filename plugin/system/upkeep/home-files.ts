import { readdirSync, rmdirSync, rmSync, statSync } from "node:fs"
import { join } from "node:path"
import type { HomeFiles } from "../../mesh/retention/retention.ts"
import { pathsIn } from "../mesh-home.ts"
import { keepEnd } from "./rotate.ts"

/** A host that says much more than that says it again and again. */
const hostLogSize = { mostBytes: 5 * 1024 * 1024, end: 1024 * 1024 }
/** Those of the last fleets: a person who looks for a fault looks there. */
const mostHostLogs = 500

/** What lies in the mesh home beside the ledger. What cannot be removed stays, and nobody is told. */
export const createHomeFiles = (home: string): HomeFiles => {
  const { logs, leases, worktrees, merges, hostLog, startMark, telemetryProgress } = pathsIn(home)
  return {
    forget(fleetId, hostIds) {
      for (const id of hostIds)
        for (const path of [hostLog(id), startMark(id)])
          attempt(() => rmSync(path, { force: true }))
      const lock = join(leases, `${fleetId}.lock`)
      attempt(() => rmSync(lock, { recursive: true, force: true }))
      attempt(() => rmSync(telemetryProgress(fleetId), { force: true }))
      // A tree that holds work would have kept its fleet; what we made beside one is all there can be.
      const trees = join(worktrees, fleetId)
      for (const name of namesIn(trees).filter((each) => each.endsWith(".config")))
        attempt(() => rmSync(join(trees, name), { recursive: true, force: true }))
      attempt(() => rmdirSync(trees))
      // What was merged there is in branches.
      attempt(() => rmSync(join(merges, fleetId), { recursive: true, force: true }))
    },

    tidy(living, before) {
      const ids = namesIn(logs)
        .filter((name) => /^hst_\w+\.log$/.test(name))
        .map((name) => name.slice(0, -".log".length))
      const newestFirst = ids
        .filter((id) => !living.has(id))
        .map((id) => ({ id, at: writtenAt(hostLog(id)) }))
        .toSorted((a, b) => b.at - a.at)
      const old = newestFirst.filter(({ at }, rank) => at < before || rank >= mostHostLogs)
      for (const { id } of old) attempt(() => rmSync(hostLog(id), { force: true }))
      for (const id of ids) attempt(() => keepEnd(hostLog(id), hostLogSize))
    },
  }
}

const namesIn = (folder: string) => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

const writtenAt = (path: string) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0

const attempt = (act: () => void) => {
  try {
    act()
  } catch {
    // Somebody else was faster, or it is not empty.
  }
}
