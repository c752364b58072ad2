import type { IsAlive } from "../access.ts"
import { mapInOrder } from "../model/in-order.ts"
import { parseBudget, spentByAgent, spentByFleet } from "../lifecycle/budget.ts"
import { restOf } from "../lifecycle/cool-down.ts"
import { agentsOfFleet } from "../ledger/tables/agents.ts"
import { type CoolDown, coolDowns } from "../ledger/tables/cooldowns.ts"
import type { Query } from "../ledger/port.ts"
import { hostById } from "../ledger/tables/hosts.ts"
import { unackedCount } from "../ledger/tables/messages.ts"
import { openQuestions } from "../ledger/tables/questions.ts"
import type { AgentRow, FleetRow } from "../ledger/tables/rows.ts"
import { blockedOn } from "../mail/mail-wait.ts"
import { describeWorktree } from "../worktrees/worktree-results.ts"

/** A fleet and each of its agents, as `fleet_status` answers. */
export const describeFleet = async (db: Query, fleet: FleetRow, at: number, isAlive: IsAlive) => {
  const agents = await agentsOfFleet(db, fleet.id)
  const queue = agents.filter((agent) => agent.status === "queued")
  const questions = await openQuestions(db, fleet.id)
  const resting = await coolDowns(db)
  return {
    fleet: {
      fleet_id: fleet.id,
      name: fleet.name,
      status: fleet.status,
      isolation: fleet.isolation,
      max_parallel: fleet.max_parallel,
      created_at: new Date(fleet.created_at).toISOString(),
      ...(fleet.ended_at !== null && { completed_at: new Date(fleet.ended_at).toISOString() }),
      ...(fleet.timeout_at !== null && { timeout_at: new Date(fleet.timeout_at).toISOString() }),
      ...(fleet.budget !== null && { budget: parseBudget(fleet.budget)! }),
      spent: spentByFleet(fleet, agents, at),
    },
    agents: await mapInOrder(agents, async (agent) => {
      const question = questions.find((each) => each.agent_id === agent.id)
      return {
        ...(await describeAgent(db, agent, queue.indexOf(agent) + 1, at, isAlive, resting)),
        ...(question && { blocked_on: question.wanted, question_id: question.id }),
      }
    }),
  }
}

const describeAgent = async (
  db: Query,
  agent: AgentRow,
  place: number,
  at: number,
  isAlive: IsAlive,
  resting: ReadonlyMap<string, CoolDown>,
) => {
  // Who waits for a place waits for its provider too while that limits its rate.
  const isWaiting = agent.status === "queued" || agent.status === "interrupted"
  const rest = isWaiting ? restOf(agent, resting, at) : undefined
  const host = agent.host_id ? await hostById(db, agent.host_id) : undefined
  const process =
    host && host.pid !== null && host.process_start !== null
      ? { pid: host.pid, process_start: host.process_start }
      : undefined
  return {
    ...whoIs(agent),
    pid: process?.pid ?? null,
    host_alive: process !== undefined && host!.status !== "ended" && isAlive(process),
    attempts: agent.attempts,
    activity: rest
      ? `waits for the provider until ${new Date(rest.until).toISOString()}: ${rest.reason}`
      : agent.activity,
    last_tool: agent.last_tool,
    age_ms: (agent.ended_at ?? at) - (agent.started_at ?? agent.created_at),
    tokens: agent.tokens,
    cost_usd: costOf(agent),
    turns: agent.turns,
    ...(agent.budget !== null && {
      budget: parseBudget(agent.budget)!,
      spent: spentByAgent(agent, at),
    }),
    unread: await unackedCount(db, agent.id),
    blocked_on: blockedOn(agent) ?? (rest ? "provider" : null),
    ...(agent.stalled_at !== null &&
      agent.status === "running" && { silent_ms: at - (agent.activity_at ?? at) }),
    ...(place > 0 && { queue_place: place }),
    ...(agent.error_code && { error: { code: agent.error_code, detail: agent.error_detail } }),
    ...(await describeWorktree(db, agent)),
  }
}

export const whoIs = ({ id, name, role, agent, status }: AgentRow) => ({
  agent_id: id,
  name,
  role,
  agent,
  status,
})

/** Null where the price is unknown: OpenCode counts 0 for a model that has none. */
export const costOf = ({ tokens, cost_usd }: AgentRow) =>
  cost_usd === 0 && tokens > 0 ? null : Number(cost_usd.toFixed(6))
