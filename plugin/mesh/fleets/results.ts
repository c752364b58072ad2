import { mapInOrder, everyInOrder } from "../model/in-order.ts"
import { isLeadOf, fleetMeant, requireAgents, requireFleet } from "../access.ts"
import { isEnded } from "../model/agent.ts"
import type { Caller } from "../model/caller.ts"
import type { Changes } from "../ledger/changes.ts"
import { costOf, describeFleet, whoIs } from "./fleet-status.ts"
import { agentsOfFleet } from "../ledger/tables/agents.ts"
import { answersOf } from "../lifecycle/agent-answers.ts"
import type { Query } from "../ledger/port.ts"
import { markCollected } from "../ledger/tables/fleets.ts"
import type { Ledger } from "../ledger/ledger.ts"
import { hasWakingMail, withdrawNotices } from "../ledger/tables/messages.ts"
import type { AgentRow, FleetRow } from "../ledger/tables/rows.ts"
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
      return ledger.read(async (db) =>
        describeFleet(db, await requireFleet(db, caller, fleetId), now(), isAlive),
      )
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
            note: "Every agent that has not ended is waiting for a message: send one, or stop them.",
          }),
        results: await ledger.read((db) =>
          mapInOrder(agents, (agent) => renderResult(db, agent, now())),
        ),
      }
    },
  }
}

export type Results = ReturnType<typeof createResults>

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
