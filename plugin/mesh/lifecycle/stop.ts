import type { Failure, FailureCode } from "../model/agent.ts"
import { dropQuestionsOf, stoppingText } from "../questions/asking.ts"
import { recordStop } from "../ledger/tables/agents.ts"
import type { Tx } from "../ledger/port.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import type { AgentRow, StopMode } from "../ledger/tables/rows.ts"
import { type AgentEnd, endAgent } from "./outcome.ts"

export interface StopRequest {
  mode: StopMode
  reason: string | null
  code?: FailureCode
}

const firmness = { wrap_up: 0, retry: 1, cancel: 2, kill: 3 } as const

/**
 * Asks for the end of an agent; its runner carries it out. A firmer stop replaces a softer one,
 * never the other way round. An agent that nobody runs yet ends here.
 */
export const requestStop = async (
  tx: Tx,
  agent: AgentRow,
  { mode, reason, code = mode === "kill" ? "KILLED" : "CANCELLED" }: StopRequest,
) => {
  if (agent.stop_mode && firmness[agent.stop_mode] >= firmness[mode]) return
  // The first reason wins, however firmly it is carried out in the end. What was to be tried again had
  // no reason to end yet.
  const isFirst = agent.stop_mode === null || agent.stop_mode === "retry"
  const stop = {
    stop_mode: mode,
    stop_reason: isFirst ? reason : agent.stop_reason,
    stop_code: isFirst ? code : (agent.stop_code ?? code),
  }
  await recordStop(tx, agent.id, stop)
  await appendEvent(tx, {
    type: "agent.stop_requested",
    fleetId: agent.fleet_id,
    agentId: agent.id,
    data: { mode, reason, code },
  })
  // An agent that waits for an answer cannot report; a harder stop closes what is open as it ends it.
  if (mode === "wrap_up") await dropQuestionsOf(tx, agent, stoppingText(stop.stop_reason))
  if (agent.status === "queued" || agent.status === "interrupted")
    await endAgent(tx, agent, stoppedEnd({ ...agent, ...stop }))
}

type Stopped = Pick<AgentRow, "stop_code" | "stop_reason">

export const stopFailure = ({ stop_code, stop_reason }: Stopped): Failure => ({
  code: stop_code ?? "CANCELLED",
  detail: stop_reason ?? "Stopped on request.",
})

/** The end a stopped agent comes to, whatever ended it technically. */
export const stoppedEnd = (agent: Stopped): AgentEnd => {
  const failure = stopFailure(agent)
  const isCancelled = failure.code === "CANCELLED" || failure.code === "KILLED"
  return { status: isCancelled ? "cancelled" : "failed", failure }
}
