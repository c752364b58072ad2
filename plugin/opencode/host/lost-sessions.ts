import { restartAgent } from "../../mesh/lifecycle/attempt.ts"
import { requestStop } from "../../mesh/lifecycle/stop.ts"
import { agentById } from "../../mesh/ledger/tables/agents.ts"
import { fleetById } from "../../mesh/ledger/tables/fleets.ts"
import type { Ledger } from "../../mesh/ledger/ledger.ts"
import type { AgentRow } from "../../mesh/ledger/tables/rows.ts"
import type { SessionState, Sessions } from "../runtime/sessions.ts"
import type { Pace } from "./pace.ts"
import type { Seat } from "./seat.ts"
import type { Seats } from "./seats.ts"

export interface LostSessionsDeps {
  ledger: Ledger
  sessions: Sessions
  seats: Seats
  pace: Pick<Pace, "deletionMs">
  /** Ends the background children of one agent. */
  endChildren: (agentId: string, graceMs: number) => Promise<void>
  /** Looks at all agents again; never throws. */
  look: () => void
}

/** What children of an agent that begins anew have to end by themselves. */
const childGraceMs = 1000

/**
 * What becomes of agents at work whose session is taken away, in whichever OpenCode a person did that.
 * Who deletes, archives or undoes an agent's session has done with the agent; who deletes the lead's
 * was tidying up, and its agents go on in fresh sessions.
 */
export const createLostSessions = (deps: LostSessionsDeps) => {
  const { ledger, sessions, seats, pace, endChildren, look } = deps

  const lookAt = async (seat: Seat) => {
    const agent = await seats.agentOf(seat)
    if (!seats.isHere(agent)) return
    const state = await sessions.find(seat.sessionId, seat.directory)
    const lost = lossOf(state)
    if (lost === undefined) return
    if (state === undefined && (await isLeadDeleted(agent))) return beginAnew(seat, agent)
    await ledger.transact(async (tx) => {
      const current = (await agentById(tx, agent.id))!
      if (seats.isHere(current) && current.session_id === seat.sessionId)
        await requestStop(tx, current, { mode: "cancel", reason: `its session was ${lost}` })
    })
    look()
  }

  const isLeadDeleted = async ({ fleet_id }: AgentRow) => {
    const { lead_session, directory } = await ledger.read(
      async (db) => (await fleetById(db, fleet_id))!,
    )
    if (!lead_session.startsWith("ses")) return false
    // OpenCode deletes the sessions below one before that one itself.
    await new Promise((resolve) => setTimeout(resolve, pace.deletionMs))
    return (await sessions.find(lead_session, directory)) === undefined
  }

  const beginAnew = async (seat: Seat, agent: AgentRow) => {
    await seats.abort(seat)
    await endChildren(agent.id, childGraceMs)
    await ledger.transact(async (tx) => {
      const current = (await agentById(tx, agent.id))!
      if (seats.isHere(current) && current.session_id === seat.sessionId)
        await restartAgent(tx, current)
    })
    look()
  }

  return {
    look: () =>
      Promise.all([...seats.all()].map((seat) => seats.inOrder(seat, () => lookAt(seat)))),
  }
}

const lossOf = (state: SessionState | undefined) => {
  if (state === undefined) return "deleted"
  if (state.isArchived) return "archived"
  return state.hasUndone ? "undone" : undefined
}
