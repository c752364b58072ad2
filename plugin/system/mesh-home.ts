import { homedir } from "node:os"
import { join } from "node:path"

type Env = Record<string, string | undefined>

/** `$MESHFLEET_HOME`, else `${XDG_DATA_HOME:-~/.local/share}/meshfleet`. */
export const meshHome = (env: Env) =>
  env["MESHFLEET_HOME"] ||
  join(env["XDG_DATA_HOME"] || join(userHome(env), ".local", "share"), "meshfleet")

export const userHome = (env: Env) => env["HOME"] || homedir()

/** Where everything lies in a mesh home. */
export const pathsIn = (home: string) => {
  const logs = join(home, "logs")
  return {
    ledger: join(home, "mesh.db"),
    /** One lock per fleet. */
    leases: join(home, "leases"),
    logs,
    /** Faults of ours, of every process. */
    log: join(logs, "meshfleet.log"),
    hostLog: (hostId: string) => join(logs, `${hostId}.log`),
    /** There while a host comes up. */
    startMark: (hostId: string) => join(home, "starting", hostId),
    worktrees: join(home, "worktrees"),
    /** What an embeddings endpoint has answered. */
    vectors: join(home, "cache", "vectors"),
  }
}
