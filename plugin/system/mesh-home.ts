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
    /** What reads streams from outside: a token and where it is served, two files each. */
    streams: join(home, "streams"),
    /** How far each fleet was told to a collector, where telemetry is on. */
    telemetry: join(home, "telemetry"),
    telemetryProgress: (fleetId: string) => join(home, "telemetry", `${fleetId}.json`),
    worktrees: join(home, "worktrees"),
    /** Where the branches of a fleet are brought together. */
    merges: join(home, "merges"),
    /** There when scripts that no terminal started may act as the person. */
    unattended: join(home, "unattended"),
    /** What `meshfleet install` has changed, and how it was before. */
    installed: join(home, "installed"),
    /** Which copies of the plugin OpenCode has loaded, one file each. */
    loaded: join(home, "loaded"),
    /** What an embeddings endpoint has answered. */
    vectors: join(home, "cache", "vectors"),
  }
}
