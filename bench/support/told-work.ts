import { messagesOver, memberCaller } from "./bench-ledger.ts"
import type { ToldFleet } from "../../test/e2e/support/told-fleet.ts"

/** As many messages as the promise speaks of. */
const perSecond = 20

/**
 * What a fleet at work writes: 20 messages a second from one member to another, each with the sender's
 * next step and what it has cost, as its host would write them.
 */
export const workLikeAFleet = (fleet: ToldFleet, names: readonly string[]) => {
  const { messages, close } = messagesOver(fleet.ledger)
  const began = performance.now()
  let sent = 0
  const over = new AbortController()
  const step = async () => {
    const [from, to] = [names[(sent * 5) % names.length]!, names[(sent * 11 + 3) % names.length]!]
    sent++
    if (from === to) return
    await messages.send(memberCaller(`${from}-told`, fleet.fleetId, fleet.project), {
      to_agent_id: to,
      type: "handoff",
      payload: `Step ${sent} is done; go on with its types.`,
    })
    const { tokens } = await fleet.agent(from)
    await fleet.set(from, {
      activity: `edits src/part-${sent}.ts`,
      activity_at: Date.now(),
      tokens: tokens + 900,
    })
  }
  const work = async () => {
    while (!over.signal.aborted) {
      await step()
      const dueAt = began + (sent * 1000) / perSecond
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueAt - performance.now())))
    }
  }
  const done = work()
  return {
    sent: () => sent,
    async end() {
      over.abort()
      await done
      close()
    },
  }
}
