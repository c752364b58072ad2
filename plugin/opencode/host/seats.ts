import { agentById } from "../../mesh/ledger/tables/agents.ts"
import type { Ledger } from "../../mesh/ledger/ledger.ts"
import type { AgentRow, HostRow } from "../../mesh/ledger/tables/rows.ts"
import type { Sessions } from "../runtime/sessions.ts"
import type { Turn } from "./seat.ts"

export interface TurnsDeps {
  host: HostRow
  ledger: Ledger
  sessions: Sessions
  onError: (error: unknown) => void
}

/** What is read of a session: its last answer, and what led to it. */
export const recentMessages = 40

/** The sessions that agents have in this host, and the order in which things are done to each. */
export const createTurns = ({ host, ledger, sessions, onError }: TurnsDeps) => {
  const turns = new Map<string, Turn>()

  return {
    all: () => turns.values(),
    ofSession: (sessionId: string) => turns.get(sessionId),
    ofAgent: (agentId: string) => [...turns.values()].find((turn) => turn.agentId === agentId),

    /** An agent has one session at a time: what is still told of a former one is not its work. */
    add(turn: Turn) {
      for (const [id, each] of turns) if (each.agentId === turn.agentId) turns.delete(id)
      turns.set(turn.sessionId, turn)
    },

    /** Its agent as the ledger has it now. */
    agentOf: (turn: Turn) => ledger.read(async (db) => (await agentById(db, turn.agentId))!),

    /** At work in this host: while we were frozen somebody may have taken it elsewhere. */
    isHere: (agent: AgentRow) => agent.status === "running" && agent.host_id === host.id,

    inOrder(turn: Turn, step: () => Promise<void>) {
      turn.tail = turn.tail.then(step).catch(onError)
      return turn.tail
    },

    isBusy: (turn: Turn) => sessions.isBusy(turn.sessionId, turn.directory),
    abort: (turn: Turn) => sessions.abort(turn.sessionId, turn.directory),
    historyOf: (turn: Turn) => sessions.messages(turn.sessionId, turn.directory, recentMessages),

    /** Words of ours, hidden from a person's view unless they are the agent's task. */
    prompt: (turn: Turn, agent: AgentRow, text: string, synthetic = true) =>
      sessions.prompt({
        sessionId: turn.sessionId,
        directory: turn.directory,
        agent: agent.agent ?? undefined,
        model: agent.model ?? undefined,
        text,
        synthetic,
      }),
  }
}

export type Turns = ReturnType<typeof createTurns>
