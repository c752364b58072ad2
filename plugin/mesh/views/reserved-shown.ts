import type { Query } from "../ledger/port.ts"
import { reservationsOfFleet } from "../ledger/tables/files/reservations.ts"
import type { FleetRow } from "../ledger/tables/rows.ts"
import type { ReservedShown } from "./shown.ts"

/** What the agents of a fleet have reserved and nobody else may edit now, what ends first before the rest. */
export const reservedIn = async (
  db: Query,
  { id, status }: Pick<FleetRow, "id" | "status">,
  nameOf: (agentId: string) => string,
  at: number,
): Promise<ReservedShown[]> => {
  if (status !== "running") return []
  return (await reservationsOfFleet(db, id))
    .filter(({ until }) => until > at)
    .map(({ agent_id, pattern, mode, reason, until }) => ({
      fleetId: id,
      agentId: agent_id,
      who: nameOf(agent_id),
      pattern,
      mode,
      reason,
      until,
    }))
    .toSorted((a, b) => a.until - b.until || a.pattern.localeCompare(b.pattern))
}
