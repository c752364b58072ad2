import { renderSpending, type Spending } from "../lifecycle/budget.ts"
import { agentById, markAgentBudgetWarned, markStalled } from "../ledger/tables/agents.ts"
import type { Tx } from "../ledger/port.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import { fleetById, markFleetBudgetWarned } from "../ledger/tables/fleets.ts"
import type { AgentRow } from "../ledger/tables/rows.ts"
import { notifyAgent, notifyLead, stallOf } from "../mail/notices.ts"
import { giveBack, tendBoard } from "../tasks/board.ts"
import type { OverdueClaim } from "../tasks/claims.ts"
import { requestStop } from "../lifecycle/stop.ts"
import { cut, inQuotes } from "../prompts.ts"

/**
 * Once per silence: the mark is taken away by the agent's next sign of activity. What happens to the
 * agent then is for the fleet to say, and nothing unless it did.
 */
export const reportStall = async (tx: Tx, agentId: string, idleMs: number) => {
  if (!(await markStalled(tx, agentId))) return
  const agent = (await agentById(tx, agentId))!
  const { on_stall } = (await fleetById(tx, agent.fleet_id))!
  const doing = agent.activity ?? "nothing known"
  const minutes = Math.round(idleMs / 60_000)
  await appendEvent(tx, {
    type: "agent.stalled",
    fleetId: agent.fleet_id,
    agentId,
    data: { idle_ms: idleMs, activity: doing, on_stall },
  })
  const next = {
    report: "It keeps running; stop_agents ends it if you want that.",
    cancel: "It is being ended, as its fleet asked.",
    retry: "It is being retried, as its fleet asked.",
  }[on_stall]
  await notifyLead(
    tx,
    agent.fleet_id,
    `Agent "${agent.name}" of ${agent.fleet_id} has shown no activity for ${minutes} min; last seen: ${inQuotes(doing)}. ${next}`,
    "news",
    { about: stallOf(agentId) },
  )
  if (on_stall !== "report")
    await requestStop(tx, agent, {
      mode: on_stall,
      reason: `no activity for ${minutes} min; last seen: ${doing}`,
      code: "STALLED",
    })
}

/** Its holder lives, and learns of it when it goes on. */
export const giveBackSilent = async (tx: Tx, { task, agent, silentMs }: OverdueClaim) => {
  const minutes = Math.round(silentMs / 60_000)
  if (!(await giveBack(tx, task, `its owner was silent for ${minutes} min`))) return
  await notifyAgent(
    tx,
    agent,
    `Task ${task.number} ${inQuotes(cut(task.title, 80))} was given back after ${minutes} min of silence: claim it again before you go on with it.`,
  )
  await tendBoard(tx, task.fleet_id)
}

/** Once for an agent, once for its fleet: a budget is only ever spent further. */
export const warnOfBudget = async (
  tx: Tx,
  fleetId: string,
  agent: AgentRow | undefined,
  spending: Spending,
) => {
  const isFirst = agent
    ? await markAgentBudgetWarned(tx, agent.id)
    : await markFleetBudgetWarned(tx, fleetId)
  if (!isFirst) return
  const { kind, spent, limit } = spending
  await appendEvent(tx, {
    type: "budget.warned",
    fleetId,
    agentId: agent?.id ?? null,
    data: { kind, spent, limit },
  })
  const who = agent ? `Agent "${agent.name}" of ${fleetId}` : `Fleet ${fleetId}`
  await notifyLead(
    tx,
    fleetId,
    `${who} has used ${renderSpending(spending)}. At the limit ${agent ? "it is" : "its agents are"} told to report and then ended.`,
  )
}
