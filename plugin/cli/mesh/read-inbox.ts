import { agentById, findAgent } from "../../mesh/ledger/agents.ts"
import { MeshError } from "../../mesh/model/errors.ts"
import type { Database } from "../../mesh/ledger/driver.ts"
import { fleetById, fleetsOfProject } from "../../mesh/ledger/fleets.ts"
import type { DeliveryRow, FleetRow, MessageRow } from "../../mesh/ledger/rows.ts"
import { leadName, leadRecipient } from "../../mesh/model/message.ts"
import { renderMessage } from "../../mesh/mail/inbox.ts"

export interface Inbox {
  fleet: FleetRow
  name: string
  recipient: string
}

const mostFleets = 200

/** Whose inbox is meant: an id, or a name in the fleet given, else in the newest that has it. */
export const findInbox = (
  db: Database,
  project: string,
  wanted: string,
  fleet: FleetRow | undefined,
): Inbox => {
  const byId = agentById(db, wanted)
  const home = byId && fleetById(db, byId.fleet_id)
  if (byId && home?.project === project && (!fleet || fleet.id === home.id))
    return { fleet: home, name: byId.name, recipient: byId.id }
  // Running fleets first: a name is used again and again.
  const all = fleet ? [fleet] : fleetsOfProject(db, project, null, mostFleets)
  const fleets = [
    ...all.filter((each) => each.status === "running"),
    ...all.filter((each) => each.status !== "running"),
  ]
  for (const each of fleets) {
    if (wanted === leadName)
      return { fleet: each, name: leadName, recipient: leadRecipient(each.id) }
    const agent = findAgent(db, each.id, wanted)
    if (agent) return { fleet: each, name: agent.name, recipient: agent.id }
  }
  throw new MeshError(
    "UNKNOWN_AGENT",
    `No agent "${wanted}" in ${fleet ? `fleet ${fleet.id}` : "the fleets of this project"}.`,
    `meshfleet status${fleet ? ` ${fleet.id}` : ""} shows who is there.`,
  )
}

type Row = MessageRow & DeliveryRow

const columns = `m.*, d.recipient, d.message_seq, d.position, d.state, d.wake, d.tries, d.accepted_at,
  d.injected_at, d.seen_at, d.acked_at, d.auto_acked`
const mail =
  "FROM deliveries d JOIN messages m ON m.seq = d.message_seq WHERE d.recipient = ? AND d.position IS NOT NULL"

/** Looks without marking anything: oldest first, the unacknowledged or the newest of all. */
export const peekInbox = (
  db: Database,
  { fleet, name, recipient }: Inbox,
  options: { all: boolean; limit: number },
) => {
  const rows = options.all
    ? db
        .all<Row>(
          `SELECT ${columns} ${mail} ORDER BY d.message_seq DESC LIMIT ?`,
          recipient,
          options.limit,
        )
        .toReversed()
    : db.all<Row>(
        `SELECT ${columns} ${mail} AND d.acked_at IS NULL ORDER BY d.message_seq LIMIT ?`,
        recipient,
        options.limit,
      )
  const counts = db.get<{ total: number; unacked: number }>(
    "SELECT total, unacked FROM inboxes WHERE recipient = ?",
    recipient,
  ) ?? { total: 0, unacked: 0 }
  return {
    agent_id: recipient,
    name,
    fleet_id: fleet.id,
    unacknowledged: counts.unacked,
    total: counts.total,
    remaining: (options.all ? counts.total : counts.unacked) - rows.length,
    messages: rows.map((row) => ({
      ...renderMessage(db, row),
      from: agentById(db, row.from_agent_id)?.name ?? row.from_agent_id,
      state: row.state,
      state_at: new Date(reachedAt(row)).toISOString(),
      tries: row.tries,
    })),
  }
}

const reachedAt = (row: Row) => {
  const times = {
    acked: row.acked_at,
    seen: row.seen_at,
    injected: row.injected_at,
    accepted: null,
    parked: null,
  }
  return times[row.state] ?? row.accepted_at
}
