import type { Changes } from "../../mesh/ledger/changes.ts"
import type { Config } from "../../mesh/model/config.ts"
import type { NewId } from "../../mesh/model/ids.ts"
import { agentById } from "../../mesh/ledger/agents.ts"
import type { Ledger } from "../../mesh/ledger/ledger.ts"
import type { Activity } from "./activity.ts"
import { createLoopWatch } from "./loop-watch.ts"
import { createProviderWatch } from "./provider-watch.ts"

export interface SessionWatchDeps {
  ledger: Ledger
  changes: Changes
  now: () => number
  newId: NewId
  config: Config
  activity: Activity
}

export interface OpenCodeEvent {
  type: string
  properties: Record<string, unknown>
}

const watched = new Set([
  "message.updated",
  "message.part.updated",
  "message.part.delta",
  "session.status",
])

/** What OpenCode tells of the sessions of this host's agents, handed to whom it concerns. */
export const createSessionWatch = (deps: SessionWatchDeps) => {
  const { ledger, activity } = deps
  const loops = createLoopWatch(deps)
  const providers = createProviderWatch(deps)

  return {
    isWatched: (event: OpenCodeEvent) => watched.has(event.type),
    gaveUp: providers.gaveUp,

    /** In the agent's own session, or in one that its task tool started. */
    async note(agentId: string, sessionId: string, event: OpenCodeEvent, isSub: boolean) {
      if (isSub) activity.noteSub(agentId, event)
      else activity.note(agentId, event)
      if (activity.isTextAtRisk(agentId)) await activity.flush()
      const { info, part, status } = event.properties as {
        info?: { role: string; providerID?: string }
        part?: unknown
        status?: { type: string; message?: string; next?: number }
      }
      if (event.type === "message.updated" && info?.role === "assistant" && info.providerID)
        providers.answers(sessionId, info.providerID)
      else if (event.type === "message.part.updated") await loops.note(agentId, sessionId, part)
      else if (event.type === "session.status" && status?.type === "retry")
        await providers.waits(
          ledger.read((db) => agentById(db, agentId)!),
          sessionId,
          status,
        )
    },
  }
}

export type SessionWatch = ReturnType<typeof createSessionWatch>
