import { agentsOfFleet } from "../../mesh/ledger/agents.ts"
import type { Query } from "../../mesh/ledger/port.ts"
import { eventsSince } from "../../mesh/ledger/events.ts"
import { unsettledFleets } from "../../mesh/ledger/fleets.ts"
import { openHosts } from "../../mesh/ledger/hosts.ts"
import { isAlive } from "../../system/processes.ts"
import type { Mesh } from "./open-mesh.ts"

/**
 * A shell command ends, its fleet goes on: what it set in motion is supervised here until a living
 * host of the fleet can take the lease, or until there is nothing left to do. Fleets that somebody
 * else supervises are left to him.
 */
export const handOver = async (
  { node, project }: Mesh,
  since: number,
  options: { timeoutMs: number; signal: AbortSignal },
) => {
  const { ledger, supervisor, changes } = node
  const touched = new Set(
    ledger.read((db) => eventsSince(db, since, undefined, 10_000).map((event) => event.fleet_id)),
  )
  const open = () =>
    ledger.read((db) =>
      unsettledFleets(db, project)
        .filter((fleet) => touched.has(fleet.id) && !isCarried(db, fleet.id))
        .map((fleet) => fleet.id),
    )
  for (const id of open()) await supervisor.supervise(id)
  await changes.until(() => (open().some((id) => supervisor.holds(id)) ? undefined : true), options)
}

/** Hosts are up and none is on its way: from here they supervise themselves. */
const isCarried = (db: Query, fleetId: string) => {
  const hosts = openHosts(db, fleetId)
  const isReady = hosts.some(
    ({ status, pid, process_start }) =>
      status === "ready" &&
      pid !== null &&
      process_start !== null &&
      isAlive({ pid, process_start }),
  )
  const waits = agentsOfFleet(db, fleetId).some((agent) => agent.status === "starting")
  return isReady && (!waits || hosts.every((host) => host.status !== "starting"))
}
