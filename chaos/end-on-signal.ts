import { markedProcesses } from "../plugin/system/processes.ts"

/** A driver that is ended takes with it whatever its worlds run: they are found by this mark. */
export const endOnSignal = () => {
  process.env["MESHFLEET_DRIVER"] = String(process.pid)
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.once(signal, () => {
      for (const pid of markedProcesses([`MESHFLEET_DRIVER=${process.pid}`]))
        try {
          process.kill(pid, "SIGKILL")
        } catch {
          // It has just ended.
        }
      process.exit(1)
    })
}
