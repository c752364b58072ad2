import type { Query, Tx } from "../port.ts"
import type { EventRow } from "./rows.ts"

/** Everything that can be told of a fleet's history. */
export type EventType =
  | "fleet.created"
  | "fleet.ended"
  | "fleet.reopened"
  | "fleet.adopted"
  | "fleet.supervised"
  | "fleet.timeout_set"
  | "fleet.wakes_capped"
  | "fleet.all_waiting"
  | "fleet.told"
  | "agent.queued"
  | "agent.starting"
  | "agent.running"
  | "agent.woken"
  | "agent.interrupted"
  | "agent.retrying"
  | "agent.complete"
  | "agent.failed"
  | "agent.cancelled"
  | "agent.stop_requested"
  | "agent.stalled"
  | "agent.looping"
  | "agent.tool"
  | "budget.warned"
  | "provider.limited"
  | "worktree.created"
  | "worktree.kept"
  | "worktree.removed"
  | "file.conflict"
  | "host.starting"
  | "host.ready"
  | "host.dismissed"
  | "host.ended"
  | "host.lost"
  | "message.sent"
  | "message.injected"
  | "message.seen"
  | "message.acked"
  | "message.parked"
  | "message.undelivered"
  | "question.asked"
  | "question.answered"
  | "question.expired"
  | "question.closed"
  | "question.granted"
  | "grant.revoked"
  | "capability.registered"
  | "routing.outcome"

export interface EventDraft {
  type: EventType
  fleetId?: string | null
  agentId?: string | null
  data?: Record<string, unknown>
}

/** Call it in the transaction of what it tells, so that neither exists without the other. */
export const appendEvent = (tx: Tx, event: EventDraft) =>
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
