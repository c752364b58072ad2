import { mapInOrder } from "../../mesh/model/in-order.ts"
import type { Query } from "../../mesh/ledger/port.ts"
import { agentsOfFleet } from "../../mesh/ledger/tables/agents.ts"
import { latestEvents } from "../../mesh/ledger/tables/events.ts"
import type { FleetRow } from "../../mesh/ledger/tables/rows.ts"
import { mailOfFleet } from "../../mesh/mail/correspondence.ts"
import { isoTime } from "../../mesh/model/limits/numbers.ts"
import { leadName, leadRecipient, systemSender } from "../../mesh/model/message.ts"
import { createTeller } from "../../mesh/streams/history.ts"
import type { Timeline, TimelineEntry } from "../render/render-timeline.ts"

/** What else a person wants to see between the messages; the rest is in `meshfleet events`. */
const isTold = (type: string) =>
  /^(?:agent|question|fleet|budget|ratification|vote|file)\./.test(type) && type !== "message.sent"

/** Who talked to whom and what became of whom, oldest first. */
export const readTimeline = async (
  db: Query,
  fleet: FleetRow,
  limit: number,
): Promise<Timeline> => {
  const agents = await agentsOfFleet(db, fleet.id)
  const names = new Map(agents.map(({ id, name }) => [id, name]))
  const nameOf = (id: string) =>
    id === leadRecipient(fleet.id) || id === leadName ? leadName : (names.get(id) ?? id)
  const teller = createTeller()
  const rows = (await latestEvents(db, [fleet.id], limit * 2)).filter(({ type }) => isTold(type))
  const events = await mapInOrder(rows, async (row): Promise<TimelineEntry> => {
    const { at, type, who, data } = await teller.tell(db, row)
    return { at: isoTime(at), kind: "event", type, ...(who !== "" && { from: who }), data }
  })
  const letters = await mailOfFleet(db, fleet.id, limit)
  const messages = [...Map.groupBy(letters, ({ id }) => id).values()].map(
    (copies): TimelineEntry => {
      const { id, created_at, type, from_agent_id, payload, correlation_id } = copies[0]!
      return {
        at: isoTime(created_at),
        kind: "message",
        type,
        from: from_agent_id === systemSender ? "meshfleet" : nameOf(from_agent_id),
        to: copies.map(({ recipient }) => nameOf(recipient)),
        message_id: id,
        text: payload,
        ...(correlation_id !== null && { correlation_id }),
        acknowledged: copies.every(({ acked_at }) => acked_at !== null),
      }
    },
  )
  return {
    fleet: {
      fleet_id: fleet.id,
      name: fleet.name,
      status: fleet.status,
      created_at: isoTime(fleet.created_at),
      ...(fleet.ended_at !== null && { completed_at: isoTime(fleet.ended_at) }),
    },
    agents: agents.map(({ id, name, role, status }) => ({ agent_id: id, name, role, status })),
    entries: [...events, ...messages]
      .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))
      .slice(-limit),
  }
}
