import type { AssistantMessage } from "@opencode-ai/sdk"
import type { Ledger } from "../mesh/ledger/ledger.ts"
import type { StoredMessage } from "./sessions.ts"
import { usageOf } from "./transcript.ts"

interface Observed {
  activity?: string
  activityAt?: number
  lastTool?: string
  blockedOn?: string | null
  /** What a person was asked; whatever else goes on meanwhile, the agent waits for that. */
  question?: string | undefined
  partial?: string
  /** The part that is being written: OpenCode tells its beginning, and then only what is new. */
  writing?: { partId: string; text: string }
  usage: Map<string, { tokens: number; cost: number }>
  dirty: boolean
  /** There is text that the ledger does not have yet. */
  unsaved?: boolean
}

/**
 * What the agents of a host are doing, from OpenCode's events. It is written to the ledger once a
 * second at most: a model that streams fast must not make the ledger busy.
 */
export const createActivity = ({ ledger, now }: { ledger: Ledger; now: () => number }) => {
  const agents = new Map<string, Observed>()
  const of = (agentId: string) => {
    let observed = agents.get(agentId)
    if (!observed) agents.set(agentId, (observed = { usage: new Map(), dirty: false }))
    return observed
  }
  const touch = (agentId: string, seen: Partial<Observed>) =>
    Object.assign(of(agentId), { activityAt: now(), dirty: true }, seen)

  const write = (agentId: string, partId: string, text: string) =>
    touch(agentId, {
      activity: "writing",
      blockedOn: null,
      writing: { partId, text },
      ...(text && { partial: text, unsaved: true }),
    })

  const noteUsage = (agentId: string, info: AssistantMessage) =>
    of(agentId).usage.set(info.id, usageOf(info))

  // The task it was given is a text of its session too.
  const isOwn = (agentId: string, messageId: string) => of(agentId).usage.has(messageId)

  return {
    /** A tool may run for hours, or take the host with it: what was said before it is saved first. */
    isTextAtRisk: (agentId: string) => {
      const { unsaved, activity } = of(agentId)
      return unsaved === true && activity !== "writing"
    },

    note(agentId: string, event: { type: string; properties: Record<string, unknown> }) {
      if (event.type === "message.updated") {
        const info = event.properties["info"] as AssistantMessage
        if (info.role !== "assistant") return
        noteUsage(agentId, info)
        touch(agentId, {})
      } else if (event.type === "message.part.updated") {
        const part = event.properties["part"] as {
          id: string
          type: string
          messageID: string
          tool?: string
          text?: string
          synthetic?: boolean
          state?: { status: string; title?: string }
        }
        if (part.type === "tool" && part.tool)
          touch(agentId, {
            activity: part.state?.status === "running" ? `tool ${part.tool}` : "thinking",
            lastTool: part.tool,
            blockedOn: null,
          })
        else if (part.type === "text" && part.synthetic !== true && isOwn(agentId, part.messageID))
          write(agentId, part.id, part.text ?? "")
        else touch(agentId, {})
      } else if (event.type === "message.part.delta") {
        const { partID, field, delta } = event.properties as Record<string, string>
        const { writing } = of(agentId)
        if (field === "text" && writing && writing.partId === partID)
          write(agentId, partID, writing.text + delta)
      } else if (event.type === "session.status") {
        const status = event.properties["status"] as { type: string; message?: string } | undefined
        if (status?.type === "retry")
          touch(agentId, {
            activity: `waits for the provider: ${status.message ?? "retry"}`.slice(0, 200),
            blockedOn: "provider",
          })
        else touch(agentId, { blockedOn: null })
      }
    },

    /** For an answer of a person, or for nothing any more. */
    waits: (agentId: string, question: string | undefined) => void touch(agentId, { question }),

    /** From a session's stored messages, which are right also after a change of host. */
    recount(agentId: string, history: readonly StoredMessage[]) {
      for (const { info } of history) if (info.role === "assistant") noteUsage(agentId, info)
      of(agentId).dirty = true
    },

    /** The text so far belongs to the turn that just ended. */
    forget(agentId: string) {
      delete of(agentId).partial
    },

    async flush() {
      const dirty = [...agents].filter(([, observed]) => observed.dirty)
      if (dirty.length === 0) return
      for (const [, observed] of dirty) observed.dirty = observed.unsaved = false
      await ledger.transact((db) => {
        for (const [id, observed] of dirty) {
          const totals = [...observed.usage.values()]
          db.run(
            `UPDATE agents SET activity = CASE WHEN status = 'running' THEN COALESCE(?, activity) ELSE activity END,
               activity_at = COALESCE(?, activity_at), last_tool = COALESCE(?, last_tool),
               blocked_on = CASE WHEN status = 'running' THEN ? ELSE NULL END,
               partial = CASE WHEN status = 'running' THEN COALESCE(?, partial) ELSE partial END,
               stalled_at = NULL, tokens = max(tokens, ?), cost_usd = max(cost_usd, ?)
             WHERE id = ?`,
            observed.activity ?? null,
            observed.activityAt ?? null,
            observed.lastTool ?? null,
            observed.question ?? observed.blockedOn ?? null,
            observed.partial ?? null,
            totals.reduce((sum, each) => sum + each.tokens, 0),
            totals.reduce((sum, each) => sum + each.cost, 0),
            id,
          )
        }
      })
    },
  }
}

export type Activity = ReturnType<typeof createActivity>
