import type { SessionEvent } from "../runtime/events.ts"
import type { MessageInfo } from "../runtime/messages.ts"
import type { Broker } from "./broker.ts"
import type { SessionWatch } from "./session-watch.ts"
import type { SubSessions } from "./sub-sessions.ts"
import { maxCuts, type Seat } from "./seat.ts"
import type { TurnEnd } from "./turn-end.ts"
import type { Seats } from "./seats.ts"

export interface HostEventsDeps {
  seats: Seats
  end: Pick<TurnEnd, "judge">
  broker: Broker
  watch: Pick<SessionWatch, "note">
  subSessions: Pick<SubSessions, "agentOf">
  onError: (error: unknown) => void
}

/** What OpenCode tells in this host, handed to whom it concerns. */
export const createHostEvents = (deps: HostEventsDeps) => {
  const { seats, end, broker, watch, subSessions, onError } = deps

  const onEvent = async (event: SessionEvent) => {
    const { sessionId } = event
    const seat = seats.ofSession(sessionId)
    switch (event.type) {
      case "session.idle":
        // Whatever becomes of its questions, its answer is judged.
        await broker.rested(sessionId).catch(onError)
        if (seat) await end.judge(seat)
        return
      case "session.failed":
        if (seat && event.error) seat.error = `${event.error.name}: ${event.error.message}`
        return
      case "request.opened":
        return broker.ask(event.asked, sessionId, seat ?? (await ancestorSeat(sessionId)))
      case "request.closed":
        return broker.replied(event.requestId, event.reply)
      case "session.changed":
        // Most often it was done in another OpenCode, which does not tell us: sessions are looked for.
        return
      default: {
        const agentId = seat?.agentId ?? (await subSessions.agentOf(sessionId))
        if (agentId) await watch.note(agentId, event, seat === undefined)
        if (seat && event.type === "message.updated") await limitCuts(seat, event.message)
      }
    }
  }

  /**
   * A stream that ends without saying why makes OpenCode ask again in the same turn, at once and for
   * ever (anomalyco/opencode#37852).
   */
  const limitCuts = async (seat: Seat, message: MessageInfo) => {
    if (message.role !== "assistant" || message.finish === undefined) return
    if (message.finish !== "unknown") return seat.cuts.clear()
    if (seat.cuts.size >= maxCuts) return
    seat.cuts.add(message.id)
    if (seat.cuts.size === maxCuts) await seats.abort(seat)
  }

  const ancestorSeat = async (sessionId: string) => {
    const agentId = await subSessions.agentOf(sessionId)
    return agentId === undefined ? undefined : seats.ofAgent(agentId)
  }

  return { onEvent }
}
