import type { Query } from "../../mesh/ledger/port.ts"
import { agentById } from "../../mesh/ledger/tables/agents.ts"
import type { AgentRow, FleetRow } from "../../mesh/ledger/tables/rows.ts"
import { MeshError } from "../../mesh/model/errors.ts"
import { requireFleetOf } from "./pick-fleet.ts"
import { findInbox } from "./read-inbox.ts"

/** An agent by id or name, in the fleet given, else in the newest fleet that has it. */
export const pickAgent = async (
  db: Query,
  project: string,
  wanted: string,
  fleetWanted: string | undefined,
): Promise<{ agent: AgentRow; fleet: FleetRow }> => {
  const fleet =
    fleetWanted === undefined ? undefined : await requireFleetOf(db, project, fleetWanted)
  const found = await findInbox(db, project, wanted, fleet)
  const agent = await agentById(db, found.recipient)
  if (agent) return { agent, fleet: found.fleet }
  throw new MeshError(
    "UNKNOWN_AGENT",
    `"${wanted}" is the lead of ${found.fleet.id}, and no agent.`,
    `Its session is your own OpenCode; meshfleet inbox ${wanted} shows its mail.`,
  )
}
