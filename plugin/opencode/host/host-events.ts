import type { SessionEvent } from "../runtime/events.ts"
import type { MessageInfo } from "../runtime/messages.ts"
import type { Broker } from "./broker.ts"
import type { SessionWatch } from "./session-watch.ts"
import type { SubSessions } from "./sub-sessions.ts"
import { maxCuts, type Turn } from "./seat.ts"
import type { TurnEnd } from "./turn-end.ts"
import type { Turns } from "./seats.ts"

export interface HostEventsDeps {
  turns: Turns
  end: Pick<TurnEnd, "judge">
  broker: Broker
  watch: Pick<SessionWatch, "note">
  subSessions: Pick<SubSessions, "agentOf">
  onError: (error: unknown) => void
}

/** What OpenCode tells in this host, handed to whom it concerns. */
export const createHostEvents = (deps: HostEventsDeps) => {
  const { turns, end, broker, watch, subSessions, onError } = deps

  const onEvent = async (event: SessionEvent) => {
    const { sessionId } = event
    const turn = turns.ofSession(sessionId)
    switch (event.type) {
      case "session.idle":
        // Whatever becomes of its questions, its answer is judged.
        await broker.rested(sessionId).catch(onError)
        if (turn) await end.judge(turn)
        return
      case "session.failed":
        if (turn && event.error) turn.error = `${event.error.name}: ${event.error.message}`
        return
      case "request.opened":
        return broker.ask(event.asked, sessionId, turn ?? (await ancestorTurn(sessionId)))
      case "request.closed":
        return broker.replied(event.requestId, event.reply)
      default: {
        const agentId = turn?.agentId ?? (await subSessions.agentOf(sessionId))
        if (agentId) await watch.note(agentId, event, turn === undefined)
        if (turn && event.type === "message.updated") await limitCuts(turn, event.message)
      }
    }
  }

  /**
   * A stream that ends without saying why makes OpenCode ask again in the same turn, at once and for
   * ever (anomalyco/opencode#37852).
   */
  const limitCuts = async (turn: Turn, message: MessageInfo) => {
    if (message.role !== "assistant" || message.finish === undefined) return
    if (message.finish !== "unknown") return turn.cuts.clear()
    if (turn.cuts.size >= maxCuts) return
    turn.cuts.add(message.id)
    if (turn.cuts.size === maxCuts) await turns.abort(turn)
  }

  const ancestorTurn = async (sessionId: string) => {
    const agentId = await subSessions.agentOf(sessionId)
    return agentId === undefined ? undefined : turns.ofAgent(agentId)
  }

  return { onEvent }
}
