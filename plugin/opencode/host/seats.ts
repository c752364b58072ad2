import { agentById } from "../../mesh/ledger/tables/agents.ts"
import type { Ledger } from "../../mesh/ledger/ledger.ts"
import type { AgentRow, HostRow } from "../../mesh/ledger/tables/rows.ts"
import type { Sessions } from "../runtime/sessions.ts"
import { bindingSets, bindSession } from "./member-session.ts"
import type { Seat } from "./seat.ts"

export interface SeatsDeps {
  host: HostRow
  ledger: Ledger
  sessions: Sessions
  onError: (error: unknown) => void
}

/** What is read of a session: its last answer, and what led to it. */
export const recentMessages = 40

/** The sessions that agents have in this host, and the order in which things are done to each. */
export const createSeats = ({ host, ledger, sessions, onError }: SeatsDeps) => {
  const seats = new Map<string, Seat>()

  /** Before each prompt: whoever leads the agent by now may do less than before. */
  const bind = async (seat: Seat, agent: AgentRow) => {
    const sets = await ledger.read((db) => bindingSets(db, agent))
    const boundBy = sets.join()
    if (seat.boundBy === boundBy) return
    await bindSession(sessions, agent, seat, sets)
    seat.boundBy = boundBy
  }

  return {
    bind,
    all: () => seats.values(),
    ofSession: (sessionId: string) => seats.get(sessionId),
    ofAgent: (agentId: string) => [...seats.values()].find((seat) => seat.agentId === agentId),

    /** An agent has one session at a time: what is still told of a former one is not its work. */
    add(seat: Seat) {
      for (const [id, each] of seats) if (each.agentId === seat.agentId) seats.delete(id)
      seats.set(seat.sessionId, seat)
    },

    /** Its agent as the ledger has it now. */
    agentOf: (seat: Seat) => ledger.read(async (db) => (await agentById(db, seat.agentId))!),

    /** At work in this host: while we were frozen somebody may have taken it elsewhere. */
    isHere: (agent: AgentRow) => agent.status === "running" && agent.host_id === host.id,

    inOrder(seat: Seat, step: () => Promise<void>) {
      seat.tail = seat.tail.then(step).catch(onError)
      return seat.tail
    },

    isBusy: (seat: Seat) => sessions.isBusy(seat.sessionId, seat.directory),
    abort: (seat: Seat) => sessions.abort(seat.sessionId, seat.directory),
    historyOf: (seat: Seat) => sessions.messages(seat.sessionId, seat.directory, recentMessages),

    /** Words of ours, hidden from a person's view unless they are the agent's task. */
    async prompt(seat: Seat, agent: AgentRow, text: string, synthetic = true) {
      await bind(seat, agent)
      await sessions.prompt({
        sessionId: seat.sessionId,
        directory: seat.directory,
        agent: agent.agent ?? undefined,
        model: agent.model ?? undefined,
        text,
        synthetic,
      })
    },
  }
}

export type Seats = ReturnType<typeof createSeats>
