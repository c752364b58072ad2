import { mapInOrder } from "../../mesh/model/in-order.ts"
import { attemptsOf } from "../../mesh/ledger/tables/attempts.ts"
import type { Ledger } from "../../mesh/ledger/ledger.ts"
import type { AgentRow, FleetRow } from "../../mesh/ledger/tables/rows.ts"
import { stepsOfAttempt } from "../../mesh/ledger/tables/usage.ts"
import { isSessionUnusable } from "../../mesh/model/session-fitness.ts"
import { restartText } from "../../mesh/prompts.ts"
import { bindingSets, createMemberSession } from "./member-session.ts"
import type { StoredMessage } from "../runtime/messages.ts"
import type { Sessions } from "../runtime/sessions.ts"
import type { Pace } from "./pace.ts"

export interface OpeningDeps {
  ledger: Ledger
  sessions: Sessions
  pace: Pick<Pace, "readAgainMs">
}

export interface Opening {
  sessionId: string
  /** What the session holds; nothing in a fresh one. */
  history: readonly StoredMessage[]
  /** The task, for a session that does not have it yet. */
  task: string
}

// A store that is busy for a moment must not cost an agent its session.
const readTries = 3

/** The session an agent goes on in: its own, or a fresh one that is told what had been done. */
export const openSession = async (
  { ledger, sessions, pace }: OpeningDeps,
  agent: AgentRow,
  fleet: FleetRow,
  limit: number,
): Promise<Opening> => {
  const { session_id } = agent
  const task = session_id === null ? agent.prompt : await restarted(ledger, agent)
  const history =
    session_id === null || (await isUnusable(ledger, agent.id, session_id))
      ? undefined
      : await readable({ sessions, pace }, session_id, agent.directory, limit)
  if (session_id !== null && history)
    // One that was created and never prompted has nothing to be told of.
    return { sessionId: session_id, history, task: agent.prompt }
  const sets = await ledger.read((db) => bindingSets(db, agent))
  return { sessionId: await createMemberSession(sessions, agent, fleet, sets), history: [], task }
}

const isUnusable = (ledger: Ledger, agentId: string, sessionId: string) =>
  ledger.read(async (db) =>
    isSessionUnusable(
      sessionId,
      await mapInOrder(await attemptsOf(db, agentId), async (attempt) => ({
        ...attempt,
        steps: await stepsOfAttempt(db, agentId, attempt.attempt),
      })),
    ),
  )

const readable = async (
  { sessions, pace }: Pick<OpeningDeps, "sessions" | "pace">,
  id: string,
  directory: string,
  limit: number,
) => {
  for (let tries = 1; ; tries++) {
    try {
      const state = await sessions.find(id, directory)
      // A prompt would delete for good what its person has undone and may redo.
      if (state?.hasUndone) return undefined
      if (state) return await sessions.messages(id, directory, limit)
    } catch {
      // Tried again, or given up like one that is gone.
    }
    if (tries >= readTries) return undefined
    await new Promise((resolve) => setTimeout(resolve, pace.readAgainMs))
  }
}

const restarted = async (ledger: Ledger, agent: AgentRow) => {
  const said = (await ledger.read((db) => attemptsOf(db, agent.id)))
    .map((attempt) => attempt.partial)
    .concat(agent.partial, agent.output)
    .filter((text) => text !== null && text !== "")
  return restartText(agent.prompt, {
    attempt: agent.attempts,
    cause: agent.error_detail ?? "its session is gone",
    said: [...new Set(said as string[])],
  })
}
