import type { Ledger } from "../ledger/ledger.ts"
import type { Query } from "../ledger/port.ts"
import { agentById } from "../ledger/tables/agents.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import { fleetById } from "../ledger/tables/fleets.ts"
import { heldIn, type HeldRow } from "../ledger/tables/files/reservations.ts"
import { notifyAgent } from "../mail/notices.ts"
import { inQuotes } from "../prompts.ts"
import { closedBy } from "./judge.ts"
import type { PlaceOf } from "./reservations.ts"
import { describeHeld, nameFor, reservedError } from "./texts.ts"

interface GuardDeps {
  ledger: Ledger
  placeOf: PlaceOf
  now: () => number
}

/** Holds what agents do to files against what others have reserved. */
export const createReservationGuard = ({ ledger, placeOf, now }: GuardDeps) => {
  const standingOf = async (db: Query, agentId: string, at: number) => {
    const agent = await agentById(db, agentId)
    const fleet = agent && (await fleetById(db, agent.fleet_id))
    if (!fleet) return undefined
    return { agent, project: fleet.project, held: await heldIn(db, fleet.project, at) }
  }

  const findClosed = (
    { agent, project, held }: { agent: { id: string }; project: string; held: HeldRow[] },
    directory: string,
    paths: readonly string[],
  ) =>
    paths.flatMap((path) => {
      const place = placeOf(path, { directory, project })
      const [first] = place === undefined ? [] : closedBy(held, agent.id, place)
      return first ? [{ path: place!, held: first }] : []
    })

  return {
    /** Whether anybody has reserved anything in this agent's project. */
    isWatched: (agentId: string) =>
      ledger.read(async (db) => ((await standingOf(db, agentId, now()))?.held.length ?? 0) > 0),

    /** Why an agent may not edit these files; undefined when it may. */
    async refusal(agentId: string, directory: string, paths: readonly string[]) {
      const at = now()
      const standing = await ledger.read((db) => standingOf(db, agentId, at))
      if (!standing || standing.held.length === 0) return undefined
      const [closed] = findClosed(standing, directory, paths)
      if (!closed) return undefined
      const { agent } = standing
      return {
        error: reservedError(agent, closed.path, closed.held, at),
        /** For the history; nobody waits for it. */
        note: () =>
          ledger.transact((tx) =>
            appendEvent(tx, {
              type: "reservation.refused",
              fleetId: agent.fleet_id,
              agentId: agent.id,
              data: { path: closed.path, holder: closed.held.agent_id },
            }),
          ),
      }
    },

    /** Notes what was changed all the same. Returns what its agent has to be told. */
    async breached(agentId: string, directory: string, paths: readonly string[]) {
      const standing = await ledger.read((db) => standingOf(db, agentId, now()))
      if (!standing) return []
      const closed = findClosed(standing, directory, paths)
      if (closed.length === 0) return []
      const { agent } = standing
      return ledger.transact(async (tx) => {
        for (const { path, held } of closed) {
          await appendEvent(tx, {
            type: "reservation.breached",
            fleetId: agent.fleet_id,
            agentId: agent.id,
            data: { path, holder: held.agent_id },
          })
          await notifyAgent(
            tx,
            { id: held.agent_id, fleet_id: held.fleet_id },
            `${inQuotes(path)}, which you have reserved, changed while a shell command of ${nameFor(held, agent)} ran: look at it before you go on.`,
          )
        }
        return closed.map(
          ({ path, held }) =>
            `[meshfleet] ${inQuotes(path)} changed while this command ran, and is ${describeHeld(agent, held, tx.at)}. If that was you, tell ${nameFor(agent, held)}.`,
        )
      })
    },
  }
}

export type ReservationGuard = ReturnType<typeof createReservationGuard>
