import { isoTime } from "../model/limits/numbers.ts"
import { isLeadOf } from "../access.ts"
import type { Caller } from "../model/caller.ts"
import type { AgentRow, FleetRow } from "../ledger/tables/rows.ts"

/** A fleet in a list: what it is, and how many of its agents are where. */
export const summarizeFleet = (
  caller: Caller,
  fleet: FleetRow,
  agents: readonly Pick<AgentRow, "status">[],
) => {
  const count = (...statuses: string[]) =>
    agents.filter((agent) => statuses.includes(agent.status)).length
  return {
    fleet_id: fleet.id,
    name: fleet.name,
    status: fleet.status,
    lead: isLeadOf(caller, fleet),
    created_at: isoTime(fleet.created_at),
    ...(fleet.ended_at !== null && {
      completed_at: isoTime(fleet.ended_at),
    }),
    agent_count: agents.length,
    agents_queued: count("queued"),
    agents_running: count("starting", "running", "interrupted"),
    agents_complete: count("complete"),
    agents_failed: count("failed"),
    agents_cancelled: count("cancelled"),
  }
}
