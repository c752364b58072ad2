import type { Config } from "../../mesh/model/config.ts"
import type { SupervisionLimits } from "../../mesh/supervision/plan.ts"

/** A host is dead after so many heartbeats without one: 50 s, so that its agents go on within 75 s. */
const missedBeats = 10

const mebibyte = 1024 * 1024

/** What the settings are to a supervisor. */
export const supervisionLimitsOf = (
  config: Config,
  { totalBytes, isSpecialist }: { totalBytes: number } & Pick<SupervisionLimits, "isSpecialist">,
): SupervisionLimits => ({
  hostStartMs: config.host_start_ms,
  hostSilenceMs: config.heartbeat_ms * missedBeats,
  stallMs: config.stall_ms,
  taskLeaseMs: config.task_lease_ms,
  wrapUpGraceMs: config.wrap_up_grace_ms,
  stopPatienceMs: config.stop_patience_ms,
  longestRestMs: config.longest_rest_ms,
  memoryReserveBytes: reserveBytes(config, totalBytes),
  lingerMs: config.linger_ms,
  isSpecialist,
})

/** What is left to everything else: a quarter, and on a small machine as much as a new host needs to begin. */
const reserveBytes = ({ memory_reserve_mb: chosen }: Config, totalBytes: number) =>
  chosen === undefined ? Math.max(1024 * mebibyte, totalBytes / 4) : chosen * mebibyte
