import { mapInOrder, everyInOrder } from "../model/in-order.ts"
import { isLeadOf, fleetMeant, requireAgents, requireFleet } from "../access.ts"
import { isEnded } from "../model/agent.ts"
import { parseBudget, spentByAgent, spentByFleet } from "../lifecycle/budget.ts"
import type { Caller } from "../model/caller.ts"
import type { Changes } from "../ledger/changes.ts"
import { restOf } from "../lifecycle/cool-down.ts"
import { agentsOfFleet } from "../ledger/tables/agents.ts"
import { answersOf } from "../lifecycle/agent-answers.ts"
import { type CoolDown, coolDowns } from "../ledger/tables/cooldowns.ts"
import type { Query } from "../ledger/port.ts"
import { markCollected } from "../ledger/tables/fleets.ts"
import { hostById } from "../ledger/tables/hosts.ts"
import type { Ledger } from "../ledger/ledger.ts"
import { hasWakingMail, unackedCount, withdrawNotices } from "../ledger/tables/messages.ts"
import { openQuestions } from "../ledger/tables/questions.ts"
import type { AgentRow, FleetRow } from "../ledger/tables/rows.ts"
import { blockedOn } from "../mail/mail-wait.ts"
import type { IsAlive } from "../access.ts"
import { createTreeCounts, describeWorktree } from "../worktrees/worktree-results.ts"
import type { Worktrees } from "../worktrees/worktrees.ts"

export interface ResultsDeps {
  ledger: Ledger
  changes: Changes
  now: () => number
  isAlive: IsAlive
  worktrees: Pick<Worktrees, "inspect">
}

export interface Watch {
  wait_seconds?: number | undefined
  signal?: AbortSignal | undefined
  /** Called now and whenever something changed while waiting. */
  onProgress?: ((fleet: FleetRow, agents: readonly AgentRow[]) => void) | undefined
}

/** Reads of a fleet: how it stands, and what it has brought. */
export const createResults = (deps: ResultsDeps) => {
  const { ledger, changes, now, isAlive } = deps
  const countTrees = createTreeCounts(deps)
  // Fleets whose end somebody in this process is waiting for: they need no telling.
  const awaited = new Map<string, number>()

  const wait = async (fleetId: string, look: () => Promise<true | undefined>, watch: Watch) => {
    if (!watch.wait_seconds) return look()
    awaited.set(fleetId, (awaited.get(fleetId) ?? 0) + 1)
    try {
      return await changes.until(look, {
        timeoutMs: watch.wait_seconds * 1000,
        signal: watch.signal,
      })
    } finally {
      const others = awaited.get(fleetId)! - 1
      if (others > 0) awaited.set(fleetId, others)
      else awaited.delete(fleetId)
    }
  }

  const describe = async (db: Query, fleet: FleetRow) => {
    const agents = await agentsOfFleet(db, fleet.id)
    const queue = agents.filter((agent) => agent.status === "queued")
    const questions = await openQuestions(db, fleet.id)
    const at = now()
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

  /** An agent with mail that will wake it has an answer still to give. */
  const isDone = async (agent: AgentRow) =>
    isEnded(agent.status) &&
    (agent.status === "cancelled" || !(await ledger.read((db) => hasWakingMail(db, agent.id))))

  const markRead = async (caller: Caller, fleet: FleetRow, isWhole: boolean) => {
    // Whoever of the project reads them: the next session need not be told of them.
    const isNews = isWhole && !caller.member && fleet.collected_at === null
    const isToldLead = isLeadOf(caller, fleet) && !caller.human
    if (!isNews && !isToldLead) return
    await ledger.transact(async (tx) => {
      if (isNews) await markCollected(tx, fleet.id)
      if (isToldLead) await withdrawNotices(tx, fleet.id)
    })
  }

  const meant = async (caller: Caller, asked: string | undefined, names?: readonly string[]) =>
    (await ledger.read((db) => fleetMeant(db, caller, asked, names))).id

  return {
    /** Whether somebody here waits for the end of this fleet. */
    isAwaited: (fleetId: string) => awaited.has(fleetId),

    /** With `wait_seconds`: returns as soon as an agent's status changes or the fleet ends. */
    async status(caller: Caller, asked: string | undefined, watch: Watch = {}) {
      const fleetId = await meant(caller, asked)
      const look = () =>
        ledger.read(async (db) => ({
          fleet: await requireFleet(db, caller, fleetId),
          agents: await agentsOfFleet(db, fleetId),
        }))
      const signature = (agents: readonly AgentRow[]) =>
        agents.map((agent) => `${agent.id}:${agent.status}`).join()
      const start = await look()
      if (start.fleet.status === "running" && watch.wait_seconds) {
        const before = signature(start.agents)
        const { stuck_at_seq } = start.fleet
        await wait(
          fleetId,
          async () => {
            const { fleet, agents } = await look()
            watch.onProgress?.(fleet, agents)
            return signature(agents) !== before ||
              fleet.status !== "running" ||
              fleet.stuck_at_seq !== stuck_at_seq
              ? true
              : undefined
          },
          watch,
        )
      }
      await countTrees((await look()).agents)
      return ledger.read(async (db) => describe(db, await requireFleet(db, caller, fleetId)))
    },

    /** With `wait_seconds`: returns once every selected agent has ended, or the time is over. */
    async collect(
      caller: Caller,
      asked: string | undefined,
      agentIds: readonly string[] | undefined,
      watch: Watch = {},
    ) {
      const fleetId = await meant(caller, asked, agentIds)
      const look = () =>
        ledger.read(async (db) => {
          const fleet = await requireFleet(db, caller, fleetId)
          const agents = agentIds
            ? await requireAgents(db, fleetId, agentIds)
            : await agentsOfFleet(db, fleetId)
          return { fleet, agents, all: await agentsOfFleet(db, fleetId) }
        })
      const { stuck_at_seq } = (await look()).fleet
      const ended = async () => {
        const { fleet, agents, all } = await look()
        watch.onProgress?.(fleet, all)
        // Agents that all wait for a message may be waiting for whoever waits here.
        return (await everyInOrder(agents, isDone)) || fleet.stuck_at_seq !== stuck_at_seq
          ? true
          : undefined
      }
      await wait(fleetId, ended, watch)
      const { fleet, agents } = await look()
      await countTrees(agents)
      const complete = await everyInOrder(agents, isDone)
      if (fleet.status !== "running") await markRead(caller, fleet, complete && !agentIds)
      return {
        fleet_id: fleet.id,
        status: fleet.status,
        complete,
        ...(!complete &&
          fleet.stuck_at_seq !== stuck_at_seq && {
            note: "Every agent that has not ended waits for a message: send one, or end them.",
          }),
        results: await ledger.read((db) =>
          mapInOrder(agents, (agent) => renderResult(db, agent, now())),
        ),
      }
    },
  }
}

export type Results = ReturnType<typeof createResults>

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

const whoIs = ({ id, name, role, agent, status }: AgentRow) => ({
  agent_id: id,
  name,
  role,
  agent,
  status,
})

const renderResult = async (db: Query, agent: AgentRow, at: number) => {
  const { output, partial, ...more } = await answersOf(db, agent)
  return {
    ...whoIs(agent),
    output,
    ...more,
    partial,
    ...(agent.error_code && { error: { code: agent.error_code, detail: agent.error_detail } }),
    attempts: agent.attempts,
    duration_ms: agent.started_at === null ? 0 : (agent.ended_at ?? at) - agent.started_at,
    tokens: agent.tokens,
    cost_usd: costOf(agent),
    session_id: agent.session_id,
    ...(await describeWorktree(db, agent)),
  }
}

/** Null where the price is unknown: OpenCode counts 0 for a model that has none. */
const costOf = ({ tokens, cost_usd }: AgentRow) =>
  cost_usd === 0 && tokens > 0 ? null : Number(cost_usd.toFixed(6))
