import { recordActivity } from "../../mesh/ledger/tables/agents.ts"
import type { Ledger } from "../../mesh/ledger/ledger.ts"
import { recordUsage, type Usage } from "../../mesh/ledger/tables/usage.ts"
import type { StepWatch } from "../process/step-watch.ts"
import type { SessionEvent } from "../runtime/events.ts"
import type { MessageInfo, MessagePart, StoredMessage } from "../runtime/messages.ts"

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
  /** Ids of its own answers; the task it was given is a message of its session too. */
  answers: Set<string>
  /** Steps that the ledger does not have yet, by message. */
  steps: Map<string, Usage>
  dirty: boolean
  /** There is text that the ledger does not have yet. */
  unsaved?: boolean
}

export interface ActivityDeps {
  ledger: Ledger
  /** Only while an agent is in this host is what it does there written. */
  hostId: string
  now: () => number
  /** Written with it; absent while telemetry is off. */
  steps?: Pick<StepWatch, "flush"> | undefined
}

/**
 * What the agents of a host are doing, from OpenCode's events. It is written to the ledger once a
 * second at most: a model that streams fast must not make the ledger busy.
 */
export const createActivity = ({ ledger, hostId, now, steps }: ActivityDeps) => {
  const agents = new Map<string, Observed>()
  const of = (agentId: string) => {
    let observed = agents.get(agentId)
    if (!observed)
      agents.set(agentId, (observed = { answers: new Set(), steps: new Map(), dirty: false }))
    return observed
  }
  const touch = (agentId: string, seen: Partial<Observed>) =>
    void Object.assign(of(agentId), { activityAt: now(), dirty: true }, seen)

  const write = (agentId: string, partId: string, text: string, isOngoing = true) =>
    touch(agentId, {
      ...(isOngoing && { activity: "writing", blockedOn: null }),
      writing: { partId, text },
      ...(text && { partial: text, unsaved: true }),
    })

  const noteUsage = (agentId: string, message: MessageInfo) => {
    if (message.role === "assistant" && message.usage)
      of(agentId).steps.set(message.id, message.usage)
  }

  const isOwn = (agentId: string, messageId: string) => of(agentId).answers.has(messageId)

  return {
    /** A tool may run for hours, or take the host with it: what was said before it is saved first. */
    isTextAtRisk: (agentId: string) => {
      const { unsaved, activity } = of(agentId)
      return unsaved === true && activity !== "writing"
    },

    note(agentId: string, event: SessionEvent) {
      switch (event.type) {
        case "message.updated":
          if (event.message.role !== "assistant") return
          of(agentId).answers.add(event.message.id)
          noteUsage(agentId, event.message)
          return touch(agentId, {})
        case "part.updated": {
          const { part } = event
          if (part.type === "tool")
            touch(agentId, {
              activity: part.status === "running" ? `tool ${part.tool}` : "thinking",
              lastTool: part.tool,
              blockedOn: isWaitingForMail(part) ? "message" : null,
            })
          else if (part.type === "text" && !part.isHidden && isOwn(agentId, part.messageId))
            // The end of a text is told after the tool call that follows it has begun.
            write(agentId, part.id, part.text, !part.isComplete)
          else touch(agentId, {})
          return
        }
        case "text.added": {
          const { writing } = of(agentId)
          if (writing?.partId === event.partId)
            write(agentId, event.partId, writing.text + event.text)
          return
        }
        case "session.status": {
          const { status } = event
          if (status.type === "retry")
            touch(agentId, {
              activity: `waits for the provider: ${status.message ?? "retry"}`.slice(0, 200),
              blockedOn: "provider",
            })
          else touch(agentId, { blockedOn: null })
        }
      }
    },

    /** For an answer of a person, or for nothing any more. */
    waits: (agentId: string, question: string | undefined) => touch(agentId, { question }),

    /** What a sub-session does is its agent's: it uses its budget, and shows that it is alive. */
    noteSub(agentId: string, event: SessionEvent) {
      if (event.type === "session.status")
        return touch(agentId, { blockedOn: event.status.type === "retry" ? "provider" : null })
      if (event.type === "message.updated") noteUsage(agentId, event.message)
      touch(agentId, {})
    },

    /** From a session's stored messages, which are right also after a change of host. */
    recount(agentId: string, history: readonly StoredMessage[]) {
      for (const message of history)
        if (message.role === "assistant") {
          of(agentId).answers.add(message.id)
          noteUsage(agentId, message)
        }
      of(agentId).dirty = true
    },

    /** The text so far belongs to the turn that just ended. */
    forget(agentId: string) {
      delete of(agentId).partial
    },

    async flush() {
      await steps?.flush()
      const dirty = [...agents].filter(([, observed]) => observed.dirty)
      if (dirty.length === 0) return
      const written = new Map(dirty.map(([id, observed]) => [id, [...observed.steps.values()]]))
      for (const [, observed] of dirty) observed.dirty = observed.unsaved = false
      const write = ledger.transact(async (tx) => {
        for (const [id, observed] of dirty) {
          await recordUsage(tx, id, written.get(id)!)
          await recordActivity(
            tx,
            { id, hostId },
            {
              activity: observed.activity ?? null,
              activity_at: observed.activityAt ?? null,
              last_tool: observed.lastTool ?? null,
              blocked_on: observed.question ?? observed.blockedOn ?? null,
              partial: observed.partial ?? null,
            },
          )
        }
      })
      await write.catch((error: unknown) => {
        // What was not written is written with the next flush.
        for (const [, observed] of dirty) observed.dirty = true
        throw error
      })
      // Only what the ledger has is dropped, unless it has been told anew meanwhile.
      for (const [id, steps] of written)
        for (const step of steps)
          if (of(id).steps.get(step.messageId) === step) of(id).steps.delete(step.messageId)
    },
  }
}

export type Activity = ReturnType<typeof createActivity>

const isWaitingForMail = ({ tool, status, input }: MessagePart & { type: "tool" }) =>
  tool === "get_inbox" &&
  status === "running" &&
  Number((input as { wait_seconds?: number } | undefined)?.wait_seconds ?? 0) > 0
