import { isoTime } from "../model/limits/numbers.ts"
import type { IsAlive } from "../access.ts"
import { mapInOrder } from "../model/in-order.ts"
import { parseBudget, spentByAgent, spentByFleet } from "../lifecycle/budget.ts"
import { restOf } from "../lifecycle/cool-down.ts"
import { type AgentStanding, standingsOfFleet } from "../ledger/tables/agents.ts"
import { briefTasksOfFleet } from "../ledger/tables/board/tasks.ts"
import { coolDowns } from "../ledger/tables/cooldowns.ts"
import type { Query } from "../ledger/port.ts"
import { hostById } from "../ledger/tables/hosts.ts"
import { unreadInFleet } from "../ledger/tables/mail/reads.ts"
import { openQuestions } from "../ledger/tables/questions.ts"
import type { AgentRow, FleetRow, HostRow } from "../ledger/tables/rows.ts"
import { blockedOn, isWaitingToBegin } from "../mail/mail-wait.ts"
import { worktreesOfFleet } from "../ledger/tables/worktrees.ts"
import { renderBoard } from "../tasks/task.ts"
import { showWorktree } from "../worktrees/worktree-results.ts"

/** A fleet and each of its agents, as `fleet_status` answers. */
export const describeFleet = async (
  db: Query,
  fleet: FleetRow,
  at: number,
  { isAlive, longestRestMs }: { isAlive: IsAlive; longestRestMs: number },
  /** As they were read before in the same view. */
  standings?: readonly AgentStanding[],
) => {
  const agents = standings ?? (await standingsOfFleet(db, fleet.id))
  const isHostAlive = oncePerProcess(isAlive)
  const queue = agents.filter((agent) => agent.status === "queued" && !isWaitingToBegin(agent))
  const questions = await openQuestions(db, fleet.id)
  const resting = await coolDowns(db)
  const restFor = (agent: AgentStanding) => restOf(agent, resting, at, longestRestMs)
  // One statement for all: views look several times a second.
  const unread = await unreadInFleet(db, fleet.id)
  const board = await briefTasksOfFleet(db, fleet.id)
  const trees = new Map((await worktreesOfFleet(db, fleet.id)).map((tree) => [tree.agent_id, tree]))
  const hosts = new Map(
    await mapInOrder(
      [...new Set(agents.map(({ host_id }) => host_id))],
      async (id) => [id, id === null ? undefined : await hostById(db, id)] as const,
    ),
  )
  return {
    fleet: {
      fleet_id: fleet.id,
      name: fleet.name,
      status: fleet.status,
      isolation: fleet.isolation,
      max_parallel: fleet.max_parallel,
      created_at: isoTime(fleet.created_at),
      ...(fleet.ended_at !== null && { completed_at: isoTime(fleet.ended_at) }),
      ...(fleet.timeout_at !== null && { timeout_at: isoTime(fleet.timeout_at) }),
      ...(fleet.budget !== null && { budget: parseBudget(fleet.budget)! }),
      ...(board.length > 0 && { board: renderBoard(board) }),
      spent: priced(spentByFleet(fleet, agents, at)),
    },
    agents: agents.map((agent) => {
      const question = questions.find((each) => each.agent_id === agent.id)
      return {
        ...describeAgent(
          agent,
          hosts.get(agent.host_id),
          queue.indexOf(agent) + 1,
          at,
          isHostAlive,
          restFor,
        ),
        unread: unread.get(agent.id) ?? 0,
        ...showWorktree(agent, trees.get(agent.id)),
        ...(question && { blocked_on: question.wanted, question_id: question.id }),
      }
    }),
  }
}

/** A host of many agents is looked at once: it is a look into the system for each. */
const oncePerProcess = (isAlive: IsAlive): IsAlive => {
  const known = new Map<string, boolean>()
  return (process) => {
    const key = `${process.pid} ${process.process_start}`
    const alive = known.get(key) ?? isAlive(process)
    known.set(key, alive)
    return alive
  }
}

const describeAgent = (
  agent: AgentStanding,
  host: HostRow | undefined,
  place: number,
  at: number,
  isAlive: IsAlive,
  restFor: (agent: AgentStanding) => ReturnType<typeof restOf>,
) => {
  // Who waits for a place waits for its provider too while that limits its rate.
  const isWaiting = agent.status === "queued" || agent.status === "interrupted"
  const rest = isWaiting ? restFor(agent) : undefined
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
      ? `waits for the provider until ${isoTime(rest.until)}: ${rest.reason}`
      : agent.activity,
    last_tool: agent.last_tool,
    age_ms: (agent.ended_at ?? at) - (agent.started_at ?? agent.created_at),
    tokens: agent.tokens,
    cost_usd: costOf(agent),
    turns: agent.turns,
    ...(agent.budget !== null && {
      budget: parseBudget(agent.budget)!,
      spent: priced(spentByAgent(agent, at)),
    }),
    blocked_on: blockedOn(agent) ?? (rest ? "provider" : null),
    ...(rest && { rest: { ...rest, until: isoTime(rest.until) } }),
    ...(agent.stalled_at !== null &&
      agent.status === "running" && { silent_ms: at - (agent.activity_at ?? at) }),
    ...(place > 0 && { queue_place: place }),
    ...(agent.error_code && { error: { code: agent.error_code, detail: agent.error_detail } }),
  }
}

export const whoIs = ({ id, name, role, agent, status }: AgentStanding) => ({
  agent_id: id,
  name,
  role,
  agent,
  status,
})

const priced = <T extends Priced>(spent: T) => ({ ...spent, cost_usd: costOf(spent) })

type Priced = Pick<AgentRow, "tokens" | "cost_usd">

/** Null where the price is unknown: OpenCode counts 0 for a model that has none. */
export const costOf = ({ tokens, cost_usd }: Priced) =>
  cost_usd === 0 && tokens > 0 ? null : Number(cost_usd.toFixed(6))
