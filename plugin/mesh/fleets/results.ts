import { mapInOrder, everyInOrder } from "../model/in-order.ts"
import { isLeadOf, fleetMeant, requireAgents, requireFleet } from "../access.ts"
import { isEnded } from "../model/agent.ts"
import type { Caller } from "../model/caller.ts"
import { blockedOn } from "../mail/mail-wait.ts"
import type { Changes } from "../ledger/changes.ts"
import { costOf, describeFleet, whoIs } from "./fleet-status.ts"
import { agentsOfFleet } from "../ledger/tables/agents.ts"
import type { Exchanges } from "../mail/exchanges.ts"
import { answersOf } from "../lifecycle/agent-answers.ts"
import type { Query } from "../ledger/port.ts"
import { briefTasksOfFleet } from "../ledger/tables/board/tasks.ts"
import { outputsOf } from "../ledger/tables/outputs.ts"
import { markCollected } from "../ledger/tables/fleets.ts"
import type { Ledger } from "../ledger/ledger.ts"
import { oneLine } from "../prompts.ts"
import { leadRecipient, systemSender } from "../model/message.ts"
import { hasWakingMail, withdrawNotices } from "../ledger/tables/messages.ts"
import type { AgentRow, FleetRow } from "../ledger/tables/rows.ts"
import type { IsAlive } from "../access.ts"
import { renderBoard } from "../tasks/task.ts"
import { createTreeCounts, describeWorktree } from "../worktrees/worktree-results.ts"
import type { Worktrees } from "../worktrees/worktrees.ts"

export interface ResultsDeps {
  ledger: Ledger
  changes: Changes
  now: () => number
  isAlive: IsAlive
  worktrees: Pick<Worktrees, "inspect">
  exchanges: Pick<Exchanges, "heard">
  limits: { longestRestMs: number }
}

export interface Watch {
  wait_seconds?: number | undefined
  signal?: AbortSignal | undefined
  /** Called now and whenever something changed while waiting. */
  onProgress?: ((fleet: FleetRow, agents: readonly AgentRow[]) => void) | undefined
}

/** Reads of a fleet: how it stands, and what it has brought. */
export const createResults = (deps: ResultsDeps) => {
  const { ledger, changes, now, isAlive, exchanges, limits } = deps
  const countTrees = createTreeCounts(deps)
  // Fleets whose end somebody in this process is waiting for: they need no telling.
  const awaited = new Map<string, number>()
  const answersRead = createAnswersRead()

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

  /**
   * Whether mail is in a lead's session that its model has not seen. It is in the next request, which comes
   * when the call is over: an agent may be waiting for the answer.
   */
  const hasUnseenMail = (caller: Caller, fleetId: string) =>
    ledger.read(async (db) => {
      if (caller.human || !isLeadOf(caller, await requireFleet(db, caller, fleetId))) return false
      return hasUnseen(db, leadRecipient(fleetId))
    })

  const glance = (caller: Caller, fleetId: string) =>
    ledger.read(async (db) =>
      describeFleet(db, await requireFleet(db, caller, fleetId), now(), {
        isAlive,
        longestRestMs: limits.longestRestMs,
      }),
    )

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
        const hasMail = () => hasUnseenMail(caller, fleetId)
        await wait(
          fleetId,
          async () => {
            const { fleet, agents } = await look()
            watch.onProgress?.(fleet, agents)
            return signature(agents) !== before ||
              fleet.status !== "running" ||
              fleet.stuck_at_seq !== stuck_at_seq ||
              (await hasMail())
              ? true
              : undefined
          },
          watch,
        )
      }
      await countTrees((await look()).agents)
      return glance(caller, fleetId)
    },

    /** The same, without asking git what agents left in their worktrees: for who looks all the time. */
    glance,

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
      const hasMail = () => hasUnseenMail(caller, fleetId)
      const ended = async () => {
        const { fleet, agents, all } = await look()
        watch.onProgress?.(fleet, all)
        // Agents that all wait for a message may be waiting for whoever waits here.
        return (await everyInOrder(agents, isDone)) ||
          fleet.stuck_at_seq !== stuck_at_seq ||
          (await hasMail())
          ? true
          : undefined
      }
      await wait(fleetId, ended, watch)
      const { fleet, agents } = await look()
      await countTrees(agents)
      const complete = await everyInOrder(agents, isDone)
      if (fleet.status !== "running") await markRead(caller, fleet, complete && !agentIds)
      exchanges.heard(caller.sessionId, answering(agents))
      const board = await ledger.read((db) => briefTasksOfFleet(db, fleet.id))
      return {
        fleet_id: fleet.id,
        status: fleet.status,
        complete,
        ...(board.length > 0 && { board: renderBoard(board) }),
        ...(!complete && {
          note: noteOf(fleet.stuck_at_seq !== stuck_at_seq, await hasMail(), agents),
        }),
        results: await ledger.read((db) =>
          mapInOrder(agents, async (agent) =>
            renderResult(db, agent, now(), await answersRead.by(db, caller, agent, !!agentIds)),
          ),
        ),
      }
    },
  }
}

/**
 * Which answers this process's sessions were given: a lead that collects again reads what is new, and its
 * context need not hold the rest twice. Who names the agents gets all of it.
 */
const createAnswersRead = () => {
  const read = new Map<string, Set<number>>()
  return {
    async by(db: Query, caller: Caller, agent: AgentRow, isAskedFor: boolean) {
      if (caller.human) return () => false
      const key = `${caller.sessionId} ${agent.id}`
      const before = new Set(isAskedFor ? [] : read.get(key))
      const now = (await outputsOf(db, agent.id)).map(({ generation }) => generation)
      read.set(key, new Set([...before, ...now]))
      return (generation: number) => before.has(generation)
    },
  }
}

export type Results = ReturnType<typeof createResults>

/** Somebody asks or alerts it: news and results can wait as long as it does, and each turn costs. */
const hasUnseen = async (db: Query, recipient: string) =>
  (await db.get(
    `SELECT 1 AS found FROM deliveries d JOIN messages m ON m.seq = d.message_seq
     WHERE d.recipient = ? AND d.acked_at IS NULL AND d.state = 'injected'
       AND d.tries <= 3 AND (m.type IN ('question', 'request_help')
         OR (m.type = 'alert' AND m.from_agent_id <> ?)) LIMIT 1`,
    recipient,
    systemSender,
  )) !== undefined

/** Why they are not complete, or not waited for any longer. */
const noteOf = (isStuck: boolean, hasMail: boolean, agents: readonly AgentRow[]) => {
  if (hasMail) return "A message for you has come: it follows this answer."
  if (isStuck)
    return "Every agent that has not ended is waiting for a message: send one, or stop them."
  const atWork = agents.filter((agent) => !isEnded(agent.status)).map((agent) => agent.name)
  return atWork.length > 0
    ? `Still at work: ${oneLine(atWork.slice(0, 20).join(", "))}${atWork.length > 20 ? ", …" : ""}.`
    : "An agent whose turn is over has mail that wakes it."
}

/** The answers that are read, the one that most talk led to last. */
const answering = (agents: readonly AgentRow[]) =>
  agents
    .filter((agent) => agent.status === "complete")
    .sort((a, b) => a.auto_replies - b.auto_replies)

const renderResult = async (
  db: Query,
  agent: AgentRow,
  at: number,
  hasRead: (generation: number) => boolean,
) => {
  const { output, partial, ...more } = await answersOf(db, agent, hasRead)
  return {
    ...whoIs(agent),
    output,
    ...more,
    partial,
    ...(agent.status === "running" && blockedOn(agent) && { blocked_on: blockedOn(agent) }),
    ...(agent.error_code && { error: { code: agent.error_code, detail: agent.error_detail } }),
    attempts: agent.attempts,
    duration_ms: agent.started_at === null ? 0 : (agent.ended_at ?? at) - agent.started_at,
    tokens: agent.tokens,
    cost_usd: costOf(agent),
    session_id: agent.session_id,
    ...(await describeWorktree(db, agent)),
  }
}
