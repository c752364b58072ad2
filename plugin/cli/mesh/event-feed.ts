import { mapInOrder } from "../../mesh/model/in-order.ts"
import { agentById } from "../../mesh/ledger/tables/agents.ts"
import type { Query } from "../../mesh/ledger/port.ts"
import { fleetById } from "../../mesh/ledger/tables/fleets.ts"
import type { EventRow, FleetRow } from "../../mesh/ledger/tables/rows.ts"
import { everyone, leadName } from "../../mesh/model/message.ts"
import type { ToldEvent } from "../render/render-event.ts"

/** Events with the names of those they are about. */
export const createTeller = () => {
  const names = new Map<string, string>()
  const fleets = new Map<string, FleetRow | undefined>()

  const nameOf = async (db: Query, id: string) => {
    if (id === leadName || id === everyone) return id
    let name = names.get(id)
    if (name === undefined) names.set(id, (name = (await agentById(db, id))?.name ?? id))
    return name
  }
  const fleetOf = async (db: Query, id: string) => {
    if (!fleets.has(id)) fleets.set(id, await fleetById(db, id))
    return fleets.get(id)
  }

  return {
    projectOf: async (db: Query, fleetId: string) => (await fleetOf(db, fleetId))?.project,

    async tell(db: Query, row: EventRow): Promise<ToldEvent> {
      const data = JSON.parse(row.data) as Record<string, unknown>
      const fleet = row.fleet_id === null ? undefined : await fleetOf(db, row.fleet_id)
      const isMessage = row.type.startsWith("message.")
      const to =
        row.type === "message.sent" && Array.isArray(data["to"]) ? (data["to"] as string[]) : []
      return {
        seq: row.seq,
        at: row.at,
        type: row.type,
        fleetId: row.fleet_id,
        afterMs: fleet && row.at - fleet.created_at,
        who: row.agent_id !== null ? await nameOf(db, row.agent_id) : isMessage ? leadName : "",
        to: await mapInOrder(to, (id) => nameOf(db, id)),
        data,
      }
    },
  }
}

/** For scripts: the row as it is, with its name and a time everybody reads. */
export const eventJson = (row: EventRow, told: ToldEvent) => ({
  seq: row.seq,
  at: new Date(row.at).toISOString(),
  type: row.type,
  fleet_id: row.fleet_id,
  agent_id: row.agent_id,
  ...(row.agent_id !== null && { agent: told.who }),
  data: told.data,
})
