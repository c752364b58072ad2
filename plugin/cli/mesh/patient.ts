import { connect } from "node:net"
import { bundledAgents } from "../../opencode/process/bundled.ts"
import { createCatalog } from "../../mesh/specialists/catalog.ts"
import type { Patient } from "../../setup/doctor/finding.ts"
import { userEnvironment } from "../../system/mesh-environment.ts"
import { freeDiskBytes } from "../../system/machine.ts"
import { version } from "../../../package.json" with { type: "json" }
import { openCodeOf } from "./find-opencode.ts"

/** A server in reach answers in a few hundred milliseconds; the whole look is to take under 3 s. */
const connectMs = 1500

/** This machine, as `meshfleet doctor` looks at it. */
export const thisMachine = ({
  directory,
  env,
  home,
  columns,
  isInteractive,
  now,
}: Pick<Patient, "directory" | "env" | "home" | "columns" | "isInteractive" | "now">): Patient => ({
  directory,
  env,
  home,
  columns,
  isInteractive,
  now,
  version,
  opencode: openCodeOf({ directory, env }),
  runtime: process.versions,
  platform: process.platform,
  roster: () =>
    new Set(
      createCatalog({ bundled: bundledAgents(), folders: [] })
        .list()
        .map(({ agent }) => agent),
    ),
  freeBytes: freeDiskBytes,
  async output(program, args, ms) {
    const { execa } = await import("execa")
    const { stdout, failed } = await execa(program, args, {
      reject: false,
      stdin: "ignore",
      timeout: ms,
      forceKillAfterDelay: 500,
      extendEnv: false,
      env: userEnvironment(env),
    })
    return failed ? undefined : stdout
  },
  canConnect: (host, port) =>
    new Promise((resolve) => {
      const socket = connect({ host, port })
      const end = (isThere: boolean) => {
        socket.destroy()
        resolve(isThere)
      }
      socket.setTimeout(connectMs, () => end(false))
      socket.once("connect", () => end(true))
      socket.once("error", () => end(false))
    }),
})
