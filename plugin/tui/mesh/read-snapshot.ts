import type { IsAlive } from "../../mesh/access.ts"
import { describeFleet } from "../../mesh/fleets/fleet-status.ts"
import type { Query } from "../../mesh/ledger/port.ts"
import { agentById, standingsOfFleet } from "../../mesh/ledger/tables/agents.ts"
import { fleetById, fleetsOfLead, fleetsOfProject } from "../../mesh/ledger/tables/fleets.ts"
import { sessionById } from "../../mesh/ledger/tables/sessions.ts"
import type { FleetRow } from "../../mesh/ledger/tables/rows.ts"
import { mapInOrder } from "../../mesh/model/in-order.ts"
import type { OpenQuestion } from "../../mesh/questions/questions.ts"
import type { ShownFleet, Snapshot } from "../view/snapshot.ts"

export interface SnapshotDeps {
  isAlive: IsAlive
  longestRestMs: number
  /** Ended fleets as they were read last: of 20 in a list hardly anything changes any more. */
  ended: Map<string, { at: number; shown: ShownFleet }>
}

/** Mail may still come to who has ended; whoever is woken makes the fleet run again. */
const endedMs = 5000

/** Ended ones that a person may still want to open. */
const mostFleets = 20
/** What ended longer ago is in /fleets. */
const freshMs = 30 * 60_000

/** The fleets of a session: those it leads, or the one it works in. */
export const fleetsBeside = async (db: Query, sessionId: string, at: number) => {
  const led = await fleetsOfLead(db, sessionId)
  if (led.length === 0) {
    const agentId = (await sessionById(db, sessionId))?.agent_id
    const agent = agentId ? await agentById(db, agentId) : undefined
    const fleet = agent && (await fleetById(db, agent.fleet_id))
    return fleet ? [fleet] : []
  }
  const running = led.filter(({ status }) => status === "running")
  const ended = led.filter(({ ended_at }) => ended_at !== null && at - ended_at < freshMs)
  return [...running.toReversed(), ...ended.toReversed().slice(0, running.length > 0 ? 1 : 2)]
}

/** All of a project, the running ones first. */
export const fleetsOn = async (db: Query, project: string) => {
  const all = await fleetsOfProject(db, project, null, mostFleets)
  const running = await fleetsOfProject(db, project, "running", mostFleets)
  return [...running, ...all.filter(({ status }) => status !== "running")]
}

export const readSnapshot = async (
  db: Query,
  fleets: readonly FleetRow[],
  questions: readonly OpenQuestion[],
  at: number,
  deps: SnapshotDeps,
): Promise<Snapshot> => {
  const shown = await mapInOrder(fleets, async (fleet) => {
    const key = `${fleet.id} ${fleet.ended_at}`
    const known = deps.ended.get(key)
    if (known && at - known.at < endedMs) return known.shown
    const read = await readFleet(db, fleet, at, deps)
    if (fleet.ended_at !== null) deps.ended.set(key, { at, shown: read })
    return read
  })
  for (const [key, { at: readAt }] of deps.ended) if (at - readAt >= endedMs) deps.ended.delete(key)
  const ids = new Set(fleets.map(({ id }) => id))
  return { at, fleets: shown, questions: questions.filter(({ fleet_id }) => ids.has(fleet_id)) }
}

const readFleet = async (
  db: Query,
  fleet: FleetRow,
  at: number,
  deps: SnapshotDeps,
): Promise<ShownFleet> => {
  const standings = await standingsOfFleet(db, fleet.id)
  const { fleet: described, agents } = await describeFleet(db, fleet, at, deps, standings)
  return {
    fleet: described,
    leadSession: fleet.lead_session,
    agents: agents.map((agent, index) => ({ ...agent, session_id: standings[index]!.session_id })),
  }
}
