import type { AssistantMessage, Event } from "@opencode-ai/sdk"
import type { Broker } from "./broker.ts"
import type { OpenCodeEvent, SessionWatch } from "./session-watch.ts"
import type { SubSessions } from "./sub-sessions.ts"
import { describeError } from "../api/transcript.ts"
import { maxCuts, type Turn } from "./seat.ts"
import type { TurnEnd } from "./turn-end.ts"
import type { Turns } from "./seats.ts"

export interface HostEventsDeps {
  turns: Turns
  end: Pick<TurnEnd, "judge">
  broker: Broker
  watch: Pick<SessionWatch, "isWatched" | "note">
  subSessions: Pick<SubSessions, "agentOf">
  onError: (error: unknown) => void
}

/** What OpenCode tells in this host, handed to whom it concerns. */
export const createHostEvents = (deps: HostEventsDeps) => {
  const { turns, end, broker, watch, subSessions, onError } = deps

  const onEvent = async (event: Event) => {
    const known = event as unknown as OpenCodeEvent
    const properties = known.properties ?? {}
    const turn = turns.ofSession(sessionIdOf(properties))
    switch (known.type) {
      case "session.idle":
        // Whatever becomes of its questions, its answer is judged.
        await broker.rested(sessionIdOf(properties)).catch(onError)
        if (turn) await end.judge(turn)
        return
      case "session.error":
        if (turn) {
          const error = describeError(properties["error"])
          if (error && error.name !== "MessageAbortedError")
            turn.error = `${error.name}: ${error.message}`
        }
        return
      case "permission.asked":
      case "question.asked":
        return broker.ask(
          known.type === "permission.asked" ? "permission" : "question",
          properties,
          turn ?? (await ancestorTurn(sessionIdOf(properties))),
        )
      case "permission.replied":
      case "question.replied":
      case "question.rejected":
        return broker.replied(String(properties["requestID"]), replyOf(known))
      default: {
        if (!watch.isWatched(known)) return
        const sessionId = sessionIdOf(properties)
        const agentId = turn?.agentId ?? (await subSessions.agentOf(sessionId))
        if (agentId) await watch.note(agentId, sessionId, known, turn === undefined)
        if (turn && known.type === "message.updated")
          await limitCuts(turn, properties["info"] as AssistantMessage)
      }
    }
  }

  /**
   * A stream that ends without saying why makes OpenCode ask again in the same turn, at once and for
   * ever (anomalyco/opencode#37852).
   */
  const limitCuts = async (turn: Turn, { id, role, finish }: AssistantMessage) => {
    if (role !== "assistant" || finish === undefined) return
    if (finish !== "unknown") return turn.cuts.clear()
    if (turn.cuts.size >= maxCuts) return
    turn.cuts.add(id)
    if (turn.cuts.size === maxCuts) await turns.abort(turn)
  }

  const ancestorTurn = async (sessionId: string) => {
    const agentId = await subSessions.agentOf(sessionId)
    return agentId === undefined ? undefined : turns.ofAgent(agentId)
  }

  return { onEvent }
}

const sessionIdOf = (properties: Record<string, unknown>): string => {
  const info = properties["info"] as { sessionID?: string } | undefined
  const part = properties["part"] as { sessionID?: string } | undefined
  return String(properties["sessionID"] ?? info?.sessionID ?? part?.sessionID ?? "")
}

/** once, always or reject; what answered a question is not ours to keep. */
const replyOf = ({ type, properties }: OpenCodeEvent) =>
  type === "permission.replied" ? properties["reply"] : type.slice("question.".length)
