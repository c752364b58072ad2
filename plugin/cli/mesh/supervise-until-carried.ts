import { filterInOrder } from "../../mesh/model/in-order.ts"
import { agentsOfFleet } from "../../mesh/ledger/tables/agents.ts"
import type { Query } from "../../mesh/ledger/port.ts"
import { eventsSince } from "../../mesh/ledger/tables/events.ts"
import { unsettledFleets } from "../../mesh/ledger/tables/fleets.ts"
import { openHosts } from "../../mesh/ledger/tables/hosts.ts"
import { isAlive } from "../../system/processes.ts"
import type { Mesh } from "./open-mesh.ts"

/** What takes longer is told to a person who waits. */
const tellAfterMs = 1000

/**
 * A shell command ends, its fleet goes on: what it set in motion is supervised here until a living
 * host of the fleet can take the lease, or until there is nothing left to do. Fleets that another
 * process supervises are left to it.
 */
export const superviseUntilCarried = async (
  { meshProcess, project }: Mesh,
  since: number,
  options: { timeoutMs: number; signal: AbortSignal; progress?: (text: string) => void },
) => {
  const { ledger, supervisor, changes } = meshProcess
  const touched = new Set(
    await ledger.read(async (db) =>
      (await eventsSince(db, since, undefined, 10_000)).map((event) => event.fleet_id),
    ),
  )
  const open = () =>
    ledger.read(async (db) =>
      (
        await filterInOrder(
          await unsettledFleets(db, project),
          async (fleet) => touched.has(fleet.id) && !(await isCarried(db, fleet.id)),
        )
      ).map((fleet) => fleet.id),
    )
  for (const id of await open()) await supervisor.supervise(id)
  const began = performance.now()
  const timer = setInterval(() => {
    const seconds = Math.round((performance.now() - began) / 1000)
    options.progress?.(`waiting until a host of the fleet carries on: ${seconds}s`)
  }, tellAfterMs)
  try {
    await changes.until(
      async () => ((await open()).some((id) => supervisor.holds(id)) ? undefined : true),
      options,
    )
  } finally {
    clearInterval(timer)
    options.progress?.("")
  }
}

/** Hosts are up and none is on its way: from here they supervise themselves. */
const isCarried = async (db: Query, fleetId: string) => {
  const hosts = await openHosts(db, fleetId)
  const isReady = hosts.some(
    ({ status, pid, process_start }) =>
      status === "ready" &&
      pid !== null &&
      process_start !== null &&
      isAlive({ pid, process_start }),
  )
  const waits = (await agentsOfFleet(db, fleetId)).some((agent) => agent.status === "starting")
  return isReady && (!waits || hosts.every((host) => host.status !== "starting"))
}
