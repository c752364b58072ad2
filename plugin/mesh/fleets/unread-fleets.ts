import { filterInOrder, mapInOrder } from "../model/in-order.ts"
import type { IsAlive } from "../access.ts"
import { isEnded } from "../model/agent.ts"
import { agentsOfFleet } from "../ledger/tables/agents.ts"
import type { Query, Tx } from "../ledger/port.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import { recordTelling } from "../ledger/tables/fleets.ts"
import type { FleetRow } from "../ledger/tables/rows.ts"
import { sessionById } from "../ledger/tables/sessions.ts"
import { oneLine } from "../prompts.ts"

// A session that does something else altogether says nothing of the fleet: after a few of them it is
// left alone, and so are results that nobody missed for a day.
const mostTellings = 3
const newsMs = 24 * 60 * 60 * 1000
/** What one text names; list_fleets has the rest. */
const mostFleets = 5

/** Fleets whose lead is gone before anybody read what they brought, the newest first. */
const unreadFleets = async (
  db: Query,
  { project, sessionId }: { project: string; sessionId: string },
  isAlive: IsAlive,
  at: number,
) =>
  (
    await filterInOrder(
      await db.all<FleetRow>(
        `SELECT * FROM fleets f WHERE f.id IN (
           SELECT id FROM fleets WHERE project = ? AND status = 'running'
           UNION ALL SELECT id FROM fleets WHERE project = ? AND ended_at > ?)
         AND f.collected_at IS NULL AND f.lead_session <> ? AND f.pruned_at IS NULL
         AND NOT EXISTS (SELECT 1 FROM fleet_tellings t WHERE t.fleet_id = f.id AND t.session_id = ?)
         AND (SELECT count(*) FROM fleet_tellings t WHERE t.fleet_id = f.id) < ?
       ORDER BY f.created_at DESC, f.id LIMIT 50`,
        project,
        project,
        at - newsMs,
        sessionId,
        sessionId,
        mostTellings,
      ),
      async ({ lead_session }) => {
        const owner = await sessionById(db, lead_session)
        return owner === undefined || !isAlive(owner)
      },
    )
  ).slice(0, mostFleets)

/**
 * What a session of the project is told, once, of fleets that were left behind: undefined when there
 * is nothing to tell. Call it in a transaction: it notes what it tells.
 */
export const tellUnreadFleets = async (
  tx: Tx,
  reader: { project: string; sessionId: string },
  isAlive: IsAlive,
): Promise<string | undefined> => {
  const fleets = await unreadFleets(tx, reader, isAlive, tx.at)
  if (fleets.length === 0) return undefined
  for (const { id } of fleets) {
    await recordTelling(tx, id, reader.sessionId)
    await appendEvent(tx, {
      type: "fleet.told",
      fleetId: id,
      data: { session_id: reader.sessionId },
    })
  }
  return [
    "[meshfleet] An earlier session of this project left behind:",
    ...(await mapInOrder(fleets, async (fleet) => `- ${await describe(tx, fleet)}`)),
    "Read their results with collect_results. Calling stop_agents, attach_agent or send_message for one makes you its lead and brings you its mail. Tell the user in one line, then go on with what was asked.",
  ].join("\n")
}

/** Whether it is worth opening a transaction: most sessions find nothing. */
export const hasUnreadFleets = async (...args: Parameters<typeof unreadFleets>) =>
  (await unreadFleets(...args)).length > 0

const describe = async (db: Query, { id, name, status }: FleetRow) => {
  const agents = await agentsOfFleet(db, id)
  const ended = agents.filter((agent) => isEnded(agent.status)).length
  return status === "running"
    ? `fleet ${id} "${oneLine(name)}" is still running: ${ended} of ${agents.length} agents have ended`
    : `fleet ${id} "${oneLine(name)}" has ended (${status}, ${agents.length} agents); nobody has read its results`
}
