import type { Config } from "../../mesh/model/config.ts"
import { agentById } from "../../mesh/ledger/tables/agents.ts"
import { appendEvent } from "../../mesh/ledger/tables/events.ts"
import type { Ledger } from "../../mesh/ledger/ledger.ts"
import { notifyLead } from "../../mesh/mail/notices.ts"
import { countCall, type Repetition } from "../../mesh/model/repetition.ts"
import { requestStop } from "../../mesh/lifecycle/stop.ts"
import { cut, inQuotes } from "../../mesh/prompts.ts"
import type { MessagePart } from "../runtime/messages.ts"

export interface LoopWatchDeps {
  ledger: Ledger
  config: Config
}

// What a lead needs to recognise a call by.
const shownInput = 120

/** Notices when a session makes the same tool call over and over, and tells the lead once. */
export const createLoopWatch = ({ ledger, config }: LoopWatchDeps) => {
  const runs = new Map<string, Repetition>()

  const report = (agentId: string, key: string, calls: number) =>
    ledger.transact(async (tx) => {
      const agent = (await agentById(tx, agentId))!
      const call = cut(key, shownInput)
      await appendEvent(tx, {
        type: "agent.looping",
        fleetId: agent.fleet_id,
        agentId,
        data: { call, calls, on_loop: config.on_loop },
      })
      const isCancelled = config.on_loop === "cancel"
      await notifyLead(
        tx,
        agent.fleet_id,
        `Agent "${agent.name}" of ${agent.fleet_id} has made the same call ${calls} times in a row: ${inQuotes(call)}. ${isCancelled ? "It is being ended." : "It keeps running; a message from you may help, stop_agents ends it."}`,
      )
      if (isCancelled && agent.status === "running")
        await requestStop(tx, agent, {
          mode: "cancel",
          reason: `the same call ${calls} times in a row: ${call}`,
          code: "LOOPING",
        })
    })

  return {
    /** A part of a message in one of the agent's sessions. */
    async note(agentId: string, sessionId: string, part: MessagePart) {
      // The arguments are complete once the tool runs.
      if (part.type !== "tool" || part.status === "pending" || !part.callId) return
      const call = { callId: part.callId, tool: part.tool, input: part.input }
      const before = runs.get(sessionId)
      const run = countCall(before, call)
      if (!run || run === before) return
      runs.set(sessionId, run)
      if (run.callIds.size !== config.loop_calls) return
      await report(agentId, run.key, run.callIds.size)
    },
  }
}
