import { MeshError } from "../errors.ts"
import { agentsOfHost } from "../ledger/agents.ts"
import { fleetById } from "../ledger/fleets.ts"
import { readFleetView } from "./fleet-view.ts"
import { plan } from "./plan.ts"
import type { SupervisorDeps } from "./supervisor.ts"
import { beginTerm } from "./transitions.ts"

/**
 * Begins a term as supervisor. A host that was stopped inside a transaction keeps the ledger locked:
 * it has to be ended before anybody can write that it is lost. Reading, which tells who is silent,
 * goes on.
 */
export const takeOver = async (
  { ledger, now, isAlive, hosts, limits }: SupervisorDeps,
  fleetId: string,
): Promise<number> => {
  const begin = () => ledger.transact((db) => beginTerm(db, now(), fleetId))
  try {
    return await begin()
  } catch (error) {
    if (!(error instanceof MeshError) || error.code !== "LEDGER_BUSY") throw error
    const silent = ledger.read((db) =>
      plan(readFleetView(db, fleetById(db, fleetId)!, isAlive), now(), limits).flatMap((action) =>
        action.do === "lose-host"
          ? [{ host: action.host, agents: agentsOfHost(db, action.host.id).map(({ id }) => id) }]
          : [],
      ),
    )
    for (const { host, agents } of silent) await hosts.end(host, agents, "lost")
    return begin()
  }
}
