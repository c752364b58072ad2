import type { Ledger } from "../../mesh/ledger/port.ts"
import { appendEvents, type EventDraft } from "../../mesh/ledger/tables/events.ts"
import { agentById } from "../../mesh/ledger/tables/agents.ts"
import type { SessionEvent } from "../runtime/events.ts"

type Draft = EventDraft<"step.taken"> | EventDraft<"tool.called">

export interface StepWatchDeps {
  ledger: Pick<Ledger, "transact">
}

/**
 * Steps and tool calls of a host's agents, for the history: only while telemetry is on, since nobody
 * else asks for them. OpenCode tells the same one often; each is written once.
 */
export const createStepWatch = ({ ledger }: StepWatchDeps) => {
  const written = new Set<string>()
  let unwritten: (Draft & { agentId: string })[] = []

  const add = (id: string, draft: Draft & { agentId: string }) => {
    if (written.has(id)) return
    written.add(id)
    unwritten.push(draft)
  }

  return {
    note(agentId: string, event: SessionEvent) {
      if (event.type === "message.updated") {
        const { message } = event
        if (message.role !== "assistant" || !message.taken) return
        const { from, to, model, input, cached, output } = message.taken
        add(`step ${message.id}`, {
          type: "step.taken",
          agentId,
          data: {
            message_id: message.id,
            provider: message.provider ?? "unknown",
            model,
            input,
            cached,
            output,
            cost_usd: message.usage?.costUsd ?? 0,
            finish: message.error?.name ?? message.finish ?? "unknown",
            from,
            to,
          },
        })
      } else if (event.type === "part.updated" && event.part.type === "tool" && event.part.ran) {
        const { part } = event
        add(`tool ${part.id}`, {
          type: "tool.called",
          agentId,
          data: {
            call_id: part.callId ?? part.id,
            tool: part.tool,
            failed: part.status === "error",
            ...part.ran,
          },
        })
      }
    },

    async flush() {
      if (unwritten.length === 0) return
      const drafts = unwritten
      unwritten = []
      try {
        await ledger.transact(async (tx) => {
          const events: Draft[] = []
          for (const draft of drafts) {
            const agent = await agentById(tx, draft.agentId)
            if (agent) events.push({ ...draft, fleetId: agent.fleet_id })
          }
          await appendEvents(tx, events)
        })
      } catch (error) {
        unwritten = [...drafts, ...unwritten]
        throw error
      }
    },
  }
}

export type StepWatch = ReturnType<typeof createStepWatch>
