import type { Config } from "../../mesh/model/config.ts"
import { agentById } from "../../mesh/ledger/tables/agents.ts"
import type { Ledger } from "../../mesh/ledger/ledger.ts"
import type { SessionEvent } from "../runtime/events.ts"
import type { Activity } from "./activity.ts"
import { createLoopWatch } from "./loop-watch.ts"
import { createProviderWatch } from "./provider-watch.ts"

export interface SessionWatchDeps {
  ledger: Ledger
  config: Config
  activity: Activity
}

/** What shows that a session is at work, and at what. */
export type WorkEvent = Extract<
  SessionEvent,
  { type: "message.updated" | "part.updated" | "text.added" | "session.status" }
>

/** What OpenCode tells of the sessions of this host's agents, handed to whom it concerns. */
export const createSessionWatch = (deps: SessionWatchDeps) => {
  const { ledger, activity } = deps
  const loops = createLoopWatch(deps)
  const providers = createProviderWatch(deps)

  return {
    gaveUp: providers.gaveUp,

    /** In the agent's own session, or in one that its task tool started. */
    async note(agentId: string, event: WorkEvent, isSub: boolean) {
      const { sessionId } = event
      if (isSub) activity.noteSub(agentId, event)
      else activity.note(agentId, event)
      if (activity.isTextAtRisk(agentId)) await activity.flush()
      if (event.type === "message.updated") {
        if (event.message.role === "assistant" && event.message.provider)
          providers.answers(sessionId, event.message.provider)
      } else if (event.type === "part.updated") await loops.note(agentId, sessionId, event.part)
      else if (event.type === "session.status" && event.status.type === "retry")
        await providers.waits(
          await ledger.read(async (db) => (await agentById(db, agentId))!),
          sessionId,
          event.status,
        )
    },
  }
}

export type SessionWatch = ReturnType<typeof createSessionWatch>
