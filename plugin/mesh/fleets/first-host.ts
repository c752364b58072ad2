import { isEnded } from "../model/agent.ts"
import type { Changes } from "../ledger/changes.ts"
import { restOf } from "../lifecycle/cool-down.ts"
import { MeshError } from "../model/errors.ts"
import { agentsOfFleet } from "../ledger/tables/agents.ts"
import { coolDowns } from "../ledger/tables/cooldowns.ts"
import { openHosts } from "../ledger/tables/hosts.ts"
import type { Ledger } from "../ledger/ledger.ts"

export interface FirstHostDeps {
  ledger: Ledger
  changes: Changes
  now: () => number
  limits: { hostStartMs: number; longestRestMs: number }
}

/**
 * Waits until a first host of the fleet answers, or until starting one has failed. Answers with the
 * agents as they are then; `agentId` is the one whose turn comes first.
 */
export const untilHosted = async (
  { ledger, changes, now, limits }: FirstHostDeps,
  fleetId: string,
  agentId: string,
  signal: AbortSignal | undefined,
) => {
  const started = await changes.until(
    () =>
      ledger.read(async (db) => {
        const agents = await agentsOfFleet(db, fleetId)
        const hosted = (await openHosts(db, fleetId)).some((host) => host.status === "ready")
        const queued = agents.find((agent) => agent.id === agentId)?.status === "queued"
        const resting = await coolDowns(db)
        return hosted ||
          agents.every(
            (agent) => isEnded(agent.status) || restOf(agent, resting, now(), limits.longestRestMs),
          ) ||
          (queued && agents.some((agent) => agent.status === "running"))
          ? agents
          : undefined
      }),
    { timeoutMs: limits.hostStartMs, signal },
  )
  const agents = started ?? (await ledger.read((db) => agentsOfFleet(db, fleetId)))
  const failed = agents.find((agent) => agent.error_code === "HOST_FAILED")
  if (failed && agents.every((agent) => isEnded(agent.status)))
    throw new MeshError(
      "HOST_FAILED",
      `Fleet ${fleetId} could not start a host: ${failed.error_detail}`,
      "Tell the user; the host's log is in MESHFLEET_HOME/logs.",
    )
  return agents
}
