import type { EventField, EventType } from "../../model/event-types.ts"
import type { Query, Tx } from "../port.ts"
import { insertRows } from "../insert-rows.ts"
import type { EventRow } from "./rows.ts"

export interface EventDraft<T extends EventType> {
  type: T
  fleetId?: string | null
  agentId?: string | null
  data?: { [Field in EventField<T>]?: unknown }
}

const insertEventInto = "INSERT INTO events (at, type, fleet_id, agent_id, data)"

const valuesOf = <T extends EventType>(tx: Tx, event: EventDraft<T>) => [
  tx.at,
  event.type,
  event.fleetId ?? null,
  event.agentId ?? null,
  JSON.stringify(event.data ?? {}),
]

/** Call it in the transaction of what it tells, so that neither exists without the other. */
export const appendEvent = <T extends EventType>(tx: Tx, event: EventDraft<T>) =>
  tx.run(`${insertEventInto} VALUES (?, ?, ?, ?, ?)`, ...valuesOf(tx, event))

export const appendEvents = <T extends EventType>(tx: Tx, events: readonly EventDraft<T>[]) =>
  insertRows(
    tx,
    insertEventInto,
    events.map((event) => valuesOf(tx, event)),
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

/** The newest of one kind that a fleet has. */
export const lastEventOfType = (db: Query, fleetId: string, type: EventType) =>
  db.get<EventRow>(
    "SELECT * FROM events WHERE fleet_id = ? AND type = ? ORDER BY seq DESC LIMIT 1",
    fleetId,
    type,
  )

/** The newest events of these fleets, oldest first. Fleets in which nothing newer happened are not read. */
export const latestEvents = async (
  db: Query,
  fleetIds: readonly string[],
  limit: number,
): Promise<EventRow[]> => {
  const fleets: { id: string; newest: number }[] = []
  for (const id of fleetIds) {
    const row = await db.get<{ seq: number | null }>(
      "SELECT max(seq) AS seq FROM events WHERE fleet_id = ?",
      id,
    )
    fleets.push({ id, newest: row?.seq ?? 0 })
  }
  let rows: EventRow[] = []
  for (const { id, newest } of fleets.toSorted((a, b) => b.newest - a.newest)) {
    if (rows.length === limit && rows[0]!.seq > newest) break
    const own = await db.all<EventRow>(
      "SELECT * FROM events WHERE fleet_id = ? ORDER BY seq DESC LIMIT ?",
      id,
      limit,
    )
    rows = [...rows, ...own].toSorted((a, b) => a.seq - b.seq).slice(-limit)
  }
  return rows
}

/** The first of one kind that has these words in its data; of a kind that is rare. */
export const eventOfTypeWith = (db: Query, type: EventType, words: string) =>
  db.get<EventRow>(
    "SELECT * FROM events WHERE type = ? AND data LIKE ? ORDER BY seq LIMIT 1",
    type,
    `%${words}%`,
  )

/** By these the history tells of a fleet and of its agents' ends: they go with those. */
const lastToGo = "('fleet.created', 'agent.complete', 'agent.failed', 'agent.cancelled')"

/** The oldest of a fleet, but for the last to go. Returns how many there were. */
export const forgetEvents = async (tx: Tx, fleetId: string, limit: number) =>
  (
    await tx.run(
      `DELETE FROM events WHERE seq IN (SELECT seq FROM events
         WHERE fleet_id = ? AND type NOT IN ${lastToGo} ORDER BY seq LIMIT ?)`,
      fleetId,
      limit,
    )
  ).changes

/** As many sendings as there were messages taken away. */
export const forgetSendings = (tx: Tx, fleetId: string, count: number) =>
  tx.run(
    `DELETE FROM events WHERE seq IN (SELECT seq FROM events
       WHERE fleet_id = ? AND type = 'message.sent' ORDER BY seq LIMIT ?)`,
    fleetId,
    count,
  )

export const forgetAllEvents = (tx: Tx, fleetId: string) =>
  tx.run("DELETE FROM events WHERE fleet_id = ?", fleetId)

/**
 * What belongs to no fleet and is older; what was imported stays known, so that it is not again. The newest event of all stays: the next one is numbered after
 * it, and whoever follows the history goes on from its number. Returns how many there were.
 */
export const forgetLooseEvents = async (tx: Tx, before: number, limit: number) =>
  (
    await tx.run(
      `DELETE FROM events WHERE seq IN (SELECT seq FROM events
         WHERE fleet_id IS NULL AND at < ? AND type <> 'ledger.imported' ORDER BY seq LIMIT ?)
         AND seq < (SELECT max(seq) FROM events)`,
      before,
      limit,
    )
  ).changes

export const countEvents = async (db: Query, fleetId: string) =>
  (await db.get<{ count: number }>(
    "SELECT count(*) AS count FROM events WHERE fleet_id = ?",
    fleetId,
  ))!.count
