import type { EventField, EventType } from "../../model/event-types.ts"
import type { Query, Tx } from "../port.ts"
import type { EventRow } from "./rows.ts"

export interface EventDraft<T extends EventType> {
  type: T
  fleetId?: string | null
  agentId?: string | null
  data?: { [Field in EventField<T>]?: unknown }
}

/** Call it in the transaction of what it tells, so that neither exists without the other. */
export const appendEvent = <T extends EventType>(tx: Tx, event: EventDraft<T>) =>
  tx.run(
    "INSERT INTO events (at, type, fleet_id, agent_id, data) VALUES (?, ?, ?, ?, ?)",
    tx.at,
    event.type,
    event.fleetId ?? null,
    event.agentId ?? null,
    JSON.stringify(event.data ?? {}),
  )

/** Oldest first, after `since` (a sequence number, exclusive). */
export const eventsSince = async (db: Query, since: number, fleetId?: string, limit = 500) =>
  fleetId
    ? await db.all<EventRow>(
        "SELECT * FROM events WHERE fleet_id = ? AND seq > ? ORDER BY seq LIMIT ?",
        fleetId,
        since,
        limit,
      )
    : await db.all<EventRow>(
        "SELECT * FROM events WHERE seq > ? ORDER BY seq LIMIT ?",
        since,
        limit,
      )

/** The newest event there is; 0 when there was none yet. */
export const lastEvent = async (db: Query) =>
  (await db.get<{ seq: number | null }>("SELECT max(seq) AS seq FROM events"))?.seq ?? 0

/** The newest events of these fleets, oldest first. */
export const latestEvents = async (
  db: Query,
  fleetIds: readonly string[],
  limit: number,
): Promise<EventRow[]> => {
  const rows: EventRow[] = []
  for (const id of fleetIds)
    rows.push(
      ...(await db.all<EventRow>(
        "SELECT * FROM events WHERE fleet_id = ? ORDER BY seq DESC LIMIT ?",
        id,
        limit,
      )),
    )
  return rows.toSorted((a, b) => a.seq - b.seq).slice(-limit)
}
