import type { Query } from "../ledger/port.ts"
import { agentById } from "../ledger/tables/agents.ts"
import { eventsSince, lastEvent } from "../ledger/tables/events.ts"
import { fleetById } from "../ledger/tables/fleets.ts"
import type { EventRow, FleetRow } from "../ledger/tables/rows.ts"
import { mapInOrder } from "../model/in-order.ts"
import { isoTime } from "../model/limits/numbers.ts"
import { everyone, leadName } from "../model/message.ts"
import type { Source } from "./source.ts"

/** One event with its names looked up. */
export interface ToldEvent {
  seq: number
  at: number
  type: string
  fleetId: string | null
  agentId: string | null
  /** Since the fleet was created; without a fleet there is none. */
  afterMs: number | undefined
  /** Who did it, or whom it happened to. */
  who: string
  /** Of a message: who gets it. */
  to: readonly string[]
  data: Record<string, unknown>
}

/** Events with the names of those they are about. */
export const createTeller = () => {
  const names = new Map<string, string>()
  const fleets = new Map<string, Pick<FleetRow, "project" | "created_at"> | undefined>()

  const nameOf = async (db: Query, id: string) => {
    if (id === leadName || id === everyone) return id
    let name = names.get(id)
    if (name === undefined) names.set(id, (name = (await agentById(db, id))?.name ?? id))
    return name
  }
  const fleetOf = async (db: Query, id: string) => {
    if (!fleets.has(id)) {
      const row = await fleetById(db, id)
      fleets.set(id, row && { project: row.project, created_at: row.created_at })
    }
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
        agentId: row.agent_id,
        afterMs: fleet && row.at - fleet.created_at,
        who: row.agent_id !== null ? await nameOf(db, row.agent_id) : isMessage ? leadName : "",
        to: await mapInOrder(to, (id) => nameOf(db, id)),
        data,
      }
    },
  }
}

export type Teller = ReturnType<typeof createTeller>

/** For programs: the row as it is, with its name and a time everybody reads. */
export const eventJson = ({ seq, at, type, fleetId, agentId, who, data }: ToldEvent) => ({
  seq,
  at: isoTime(at),
  type,
  fleet_id: fleetId,
  agent_id: agentId,
  ...(agentId !== null && { agent: who }),
  data,
})

const pageSize = 500

/** What happens in the fleets of a project, or in one of them. */
export const historyOf = (
  project: string,
  fleetId?: string,
  teller: Teller = createTeller(),
): Source<ToldEvent> => ({
  newest: lastEvent,
  async page(db, after) {
    const rows = await eventsSince(db, after, fleetId, pageSize)
    const items: ToldEvent[] = []
    for (const row of rows)
      if (row.fleet_id !== null && (await teller.projectOf(db, row.fleet_id)) === project)
        items.push(await teller.tell(db, row))
    return { items, cursor: rows.at(-1)?.seq ?? after, hasMore: rows.length === pageSize }
  },
})
