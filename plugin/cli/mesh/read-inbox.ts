import { isoTime } from "../../mesh/model/limits/numbers.ts"
import { mapInOrder } from "../../mesh/model/in-order.ts"
import { agentById } from "../../mesh/ledger/tables/agents.ts"
import { findAgent } from "../../mesh/ledger/tables/agents-by-name.ts"
import { MeshError } from "../../mesh/model/errors.ts"
import type { Query } from "../../mesh/ledger/port.ts"
import { fleetById, fleetsOfProject } from "../../mesh/ledger/tables/fleets.ts"
import type { FleetRow } from "../../mesh/ledger/tables/rows.ts"
import { leadName, leadRecipient } from "../../mesh/model/message.ts"
import { renderMessage } from "../../mesh/mail/inbox.ts"
import { countsOf, type FiledMessage, filedMessages } from "../../mesh/mail/inbox-page.ts"

export interface Inbox {
  fleet: FleetRow
  name: string
  recipient: string
}

const mostFleets = 200

/** Whose inbox is meant: an id, or a name in the fleet given, else in the newest that has it. */
export const findInbox = async (
  db: Query,
  project: string,
  wanted: string,
  fleet: FleetRow | undefined,
): Promise<Inbox> => {
  const byId = await agentById(db, wanted)
  const home = byId && (await fleetById(db, byId.fleet_id))
  if (byId && home?.project === project && (!fleet || fleet.id === home.id))
    return { fleet: home, name: byId.name, recipient: byId.id }
  // Running fleets first: a name is used again and again.
  const all = fleet ? [fleet] : await fleetsOfProject(db, project, null, mostFleets)
  const fleets = [
    ...all.filter((each) => each.status === "running"),
    ...all.filter((each) => each.status !== "running"),
  ]
  for (const each of fleets) {
    if (wanted === leadName)
      return { fleet: each, name: leadName, recipient: leadRecipient(each.id) }
    const agent = await findAgent(db, each.id, wanted)
    if (agent) return { fleet: each, name: agent.name, recipient: agent.id }
  }
  throw new MeshError(
    "UNKNOWN_AGENT",
    `No agent "${wanted}" in ${fleet ? `fleet ${fleet.id}` : "the fleets of this project"}.`,
    `meshfleet status${fleet ? ` ${fleet.id}` : ""} shows who is there.`,
  )
}

/** Looks without marking anything: oldest first, the unacknowledged or the newest of all. */
export const peekInbox = async (
  db: Query,
  { fleet, name, recipient }: Inbox,
  options: { all: boolean; limit: number },
) => {
  const rows = await filedMessages(db, recipient, options)
  const counts = await countsOf(db, recipient)
  return {
    agent_id: recipient,
    name,
    fleet_id: fleet.id,
    unacknowledged: counts.unacked,
    total: counts.total,
    remaining: (options.all ? counts.total : counts.unacked) - rows.length,
    messages: await mapInOrder(rows, async (row) => ({
      ...(await renderMessage(db, row)),
      from: (await agentById(db, row.from_agent_id))?.name ?? row.from_agent_id,
      state: row.state,
      state_at: isoTime(reachedAt(row)),
      tries: row.tries,
    })),
  }
}

const reachedAt = (row: FiledMessage) => {
  const times = {
    acked: row.acked_at,
    seen: row.seen_at,
    injected: row.injected_at,
    accepted: null,
    parked: null,
  }
  return times[row.state] ?? row.accepted_at
}
