import type { Config } from "../../mesh/model/config.ts"
import { agentById } from "../../mesh/ledger/tables/agents.ts"
import type { Ledger } from "../../mesh/ledger/ledger.ts"
import type { StepWatch } from "../process/step-watch.ts"
import type { SessionEvent } from "../runtime/events.ts"
import type { Activity } from "./activity.ts"
import { createLoopWatch } from "./loop-watch.ts"
import { createProviderWatch } from "./provider-watch.ts"

export interface SessionWatchDeps {
  ledger: Ledger
  config: Config
  now: () => number
  activity: Activity
  /** Absent while telemetry is off. */
  steps?: Pick<StepWatch, "note"> | undefined
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
  const rowOf = (agentId: string) => ledger.read(async (db) => (await agentById(db, agentId))!)

  return {
    gaveUp: providers.gaveUp,

    /** In the agent's own session, or in one that its task tool started. */
    async note(agentId: string, event: WorkEvent, isSub: boolean) {
      const { sessionId } = event
      deps.steps?.note(agentId, event)
      if (isSub) activity.noteSub(agentId, event)
      else activity.note(agentId, event)
      if (activity.isTextAtRisk(agentId)) await activity.flush()
      if (event.type === "message.updated") {
        const { message } = event
        if (message.role !== "assistant") return
        if (message.provider) providers.answers(sessionId, message.provider)
        if (message.finish !== undefined && !message.error)
          await providers.answered(await rowOf(agentId), sessionId)
      } else if (event.type === "part.updated") await loops.note(agentId, sessionId, event.part)
      else if (event.type === "session.status" && event.status.type === "retry")
        await providers.waits(await rowOf(agentId), sessionId, event.status)
    },
  }
}

export type SessionWatch = ReturnType<typeof createSessionWatch>
