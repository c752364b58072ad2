import { type Failure, isActive, isEnded } from "../model/agent.ts"
import { restOf, untriedProvider } from "../lifecycle/cool-down.ts"
import type { CoolDown } from "../ledger/tables/cooldowns.ts"
import type { AgentRow, FleetRow, HostRow } from "../ledger/tables/rows.ts"
import { givingWay, type Room, type RoomLimits } from "./giving-way.ts"
import { type BudgetAction, overBudget } from "./over-budget.ts"
import type { TaskRow } from "../ledger/tables/board/tasks.ts"
import { type OverdueClaim, overdueClaims } from "../tasks/claims.ts"
import { isAwaitingMail, isWaitingToBegin } from "../mail/mail-wait.ts"
import { awakeMs, type Sleep } from "./wakefulness.ts"
import { chooseHost, countHosts } from "./host-choice.ts"

/** A fleet as its supervisor sees it at one moment. */
export interface FleetView {
  fleet: FleetRow
  agents: readonly AgentRow[]
  /** `attended`: whoever started it lives. */
  hosts: readonly (HostRow & { alive: boolean; attended: boolean })[]
  /** Ended agents that have mail which may wake them. */
  toWake: ReadonlySet<string>
  /** Providers that limit their rate: agents of theirs wait to be started. */
  coolDowns: ReadonlyMap<string, CoolDown>
  /** Agents whose worktree has to be made before they can start. */
  unprepared: ReadonlySet<string>
  /** What its supervisor has slept: silence and patience count its time awake. */
  sleeps: readonly Sleep[]
  /** Tasks that somebody has; none without a board. */
  claims?: readonly TaskRow[]
  /** Where memory is short or may become so. */
  room?: Room | undefined
}

export interface SupervisionLimits extends RoomLimits {
  hostStartMs: number
  /** A host without a heartbeat for this long is dead, whatever its process does. */
  hostSilenceMs: number
  stallMs: number
  /** A task is given back when its owner has been silent for that long. */
  taskLeaseMs: number
  wrapUpGraceMs: number
  stopPatienceMs: number
  /** No provider rests for longer. */
  longestRestMs: number
  /** Whether a specialist must be registered by the host, as opposed to being OpenCode's own. */
  isSpecialist: (agent: string) => boolean
}

export type Action =
  | { do: "lose-host"; host: HostRow; failure: Failure }
  | { do: "time-out"; agent: AgentRow }
  | { do: "cancel"; agent: AgentRow }
  | { do: "dismiss-hosts"; count: number; candidates: readonly HostRow[]; cause: string }
  | { do: "kill-host"; host: HostRow; cause: string }
  | { do: "report-stall"; agent: AgentRow; idleMs: number }
  | ({ do: "give-back" } & OverdueClaim)
  | { do: "wake"; agent: AgentRow }
  | { do: "prepare-worktree"; agent: AgentRow }
  | { do: "start-host"; agents: AgentRow[]; directory: string; specialists: string[] }
  | { do: "assign"; agent: AgentRow; hostId: string }
  | BudgetAction

/** What the supervisor does next. Pure: the same view and time give the same actions. */
export const plan = (view: FleetView, at: number, limits: SupervisionLimits): Action[] => {
  const since = (instant: number) => awakeMs(instant, at, view.sleeps)
  const dead = view.hosts.flatMap((host) => judgeHost(host, since, limits))
  const lost = new Set(dead.map((action) => action.host.id))
  const usable = view.hosts.filter((host) => !lost.has(host.id) && host.status !== "ending")
  const settled = view.agents.filter((agent) => !lost.has(agent.host_id ?? ""))
  const limited = [...timeouts(view, at), ...overBudget(view, at)]
  const toEnd = new Set(
    limited.flatMap((action) => (action.do === "warn-of-budget" ? [] : [action.agent.id])),
  )
  // Whoever ends in the same moment needs no host any more.
  const staying = view.agents.filter(({ id, status }) => isActive(status) || !toEnd.has(id))
  const placed = placements({ ...view, agents: staying, hosts: usable }, at, limits)
  return [
    ...dead,
    ...limited,
    ...settled.flatMap((agent) => overdueStop(agent, view, since, limits)),
    ...settled.flatMap((agent) => stall(agent, since, limits)),
    ...overdueClaims(view.claims ?? [], settled, since, limits.taskLeaseMs).map((claim) => ({
      do: "give-back" as const,
      ...claim,
    })),
    ...wakes(view, usable),
    ...dismissals(view.room, placed, at, limits),
    ...placed,
  ]
}

/** A new host does not wait until others have gone: they are gone before it is up. */
const dismissals = (
  room: Room | undefined,
  placed: readonly Action[],
  at: number,
  limits: SupervisionLimits,
): Action[] => {
  if (!room) return []
  const starts = placed.filter((action) => action.do === "start-host").length
  // One that is just given an agent is idle no more.
  const given = new Set(placed.flatMap((action) => (action.do === "assign" ? [action.hostId] : [])))
  const idle = room.idle.filter(({ id }) => !given.has(id))
  const cause =
    starts > 0 ? "idle, and another agent needed a host" : "idle, and memory was running low"
  const { count, candidates } = givingWay({ ...room, idle }, starts, at, limits)
  return count > 0 ? [{ do: "dismiss-hosts", count, candidates, cause }] : []
}

/** How long it is since an instant, without what was slept. */
type Since = (instant: number) => number

const judgeHost = (
  host: FleetView["hosts"][number],
  since: Since,
  limits: SupervisionLimits,
): (Action & { host: HostRow })[] => {
  const lose = (code: Failure["code"], detail: string) => [
    { do: "lose-host" as const, host, failure: { code, detail } },
  ]
  if (host.status === "starting") {
    const overdue = since(host.created_at) > limits.hostStartMs
    if (host.pid !== null && !host.alive)
      return lose("HOST_FAILED", host.cause ?? "the OpenCode host ended while it started")
    // Its plugin is loaded by a first request, for which nobody else has the password.
    if (!host.attended) return lose("HOST_LOST", "whoever started the host ended before it was up")
    return overdue
      ? lose("HOST_FAILED", `the OpenCode host did not answer within ${limits.hostStartMs} ms`)
      : []
  }
  if (!host.alive) return lose("HOST_LOST", `host process ${host.pid} is gone`)
  const silence = since(host.beat_at ?? host.created_at)
  return silence > limits.hostSilenceMs
    ? lose(
        "HOST_LOST",
        `host process ${host.pid} gave no sign of life for ${Math.round(silence / 1000)} s`,
      )
    : []
}

const timeouts = ({ fleet, agents }: FleetView, at: number): (Action & { do: "time-out" })[] =>
  fleet.timeout_at === null || fleet.timeout_at > at
    ? []
    : agents
        // One that is being ended already is not asked again with every look.
        .filter(
          (agent) =>
            !isEnded(agent.status) && agent.stop_mode !== "cancel" && agent.stop_mode !== "kill",
        )
        .map((agent) => ({ do: "time-out", agent }))

const overdueStop = (
  agent: AgentRow,
  { agents, hosts }: FleetView,
  since: Since,
  limits: SupervisionLimits,
): Action[] => {
  if (!isActive(agent.status) || agent.stop_at === null) return []
  const host = hosts.find((each) => each.id === agent.host_id)
  const others = agents.filter((each) => each.host_id === agent.host_id && isActive(each.status))
  // A host of nobody else's is not asked to stop its agent first.
  if (agent.stop_mode === "kill" && host && others.every((each) => each.stop_mode === "kill"))
    return others[0] === agent
      ? [{ do: "kill-host", host, cause: "its agents were to be killed" }]
      : []
  const waited = since(agent.stop_at)
  if (agent.stop_mode === "wrap_up")
    return waited > limits.wrapUpGraceMs ? [{ do: "cancel", agent }] : []
  if (waited <= limits.stopPatienceMs) return []
  return host
    ? [
        {
          do: "kill-host",
          host,
          cause: `it did not stop ${agent.name} within ${limits.stopPatienceMs} ms`,
        },
      ]
    : []
}

/**
 * Silence while it waits for somebody is no stall. A tool may be silent for an hour: that is told once
 * too, and only a fleet that says so has more done about it.
 */
const stall = (agent: AgentRow, since: Since, limits: SupervisionLimits): Action[] => {
  const isWaiting = agent.blocked_on !== null || isAwaitingMail(agent)
  if (agent.status !== "running" || agent.stalled_at !== null || isWaiting) return []
  const idleMs = agent.activity_at === null ? 0 : since(agent.activity_at)
  return idleMs > limits.stallMs ? [{ do: "report-stall", agent, idleMs }] : []
}

/** A living host wakes its own agents, faster than anybody else could. */
const wakes = ({ agents, toWake }: FleetView, usable: readonly HostRow[]): Action[] =>
  agents
    .filter((agent) => toWake.has(agent.id) && !usable.some((host) => host.id === agent.host_id))
    .map((agent) => ({ do: "wake", agent }))

/** Hosts that come up at once: with more they only fight for the cores, and all are ready later. */
const startGate = 4

const placements = (view: FleetView, at: number, limits: SupervisionLimits): Action[] => {
  const { fleet, agents } = view
  const load = new Map(view.hosts.map((host) => [host.id, 0]))
  for (const agent of agents)
    if (isActive(agent.status) && agent.host_id !== null && load.has(agent.host_id))
      load.set(agent.host_id, load.get(agent.host_id)! + 1)
  const atWork = agents.filter((agent) => isActive(agent.status) && !isAwaitingMail(agent))
  let places = fleet.max_parallel - atWork.length
  let starting = view.hosts.filter((host) => host.status === "starting").length
  let count = countHosts(view, load, atWork)
  const actions: Action[] = []
  const fresh: (Action & { do: "start-host" })[] = []
  const tried = new Set<string>()

  for (const agent of agents) {
    if (places <= 0) break
    const isDue = (agent.not_before ?? 0) <= at
    // A new host takes longer to come up than a retry has to wait, so it begins at once; the agent
    // begins in it when its time has come.
    const isReady = isDue || agent.error_code === "HOST_LOST"
    if (agent.status !== "queued" && !(agent.status === "interrupted" && isReady)) continue
    if (isWaitingToBegin(agent)) continue
    if (restOf(agent, view.coolDowns, at, limits.longestRestMs)) continue
    // After its rest a provider is tried by one agent before the others.
    const untried = untriedProvider(agent, view.coolDowns)
    if (untried !== undefined && tried.has(untried)) continue
    if (untried !== undefined) tried.add(untried)
    if (view.unprepared.has(agent.id)) {
      // Its place is kept: those behind it do not make trees and start hosts that would wait.
      actions.push({ do: "prepare-worktree", agent })
      places--
      continue
    }
    const needs = agent.agent !== null && limits.isSpecialist(agent.agent) ? [agent.agent] : []
    const host = chooseHost(view, agent, needs, load, count)
    if (host === "wait" || (host !== "new" && agent.status === "interrupted" && !isDue)) continue
    if (host !== "new") {
      load.set(host, (load.get(host) ?? 0) + 1)
      actions.push({ do: "assign", agent, hostId: host })
      places--
      continue
    }
    const shared = fresh.find(() => fleet.isolation === "shared")
    if (shared) {
      shared.agents.push(agent)
      shared.specialists = [...new Set([...shared.specialists, ...needs])]
      places--
      continue
    }
    if (starting >= startGate) continue
    starting++
    count++
    places--
    fresh.push({
      do: "start-host",
      agents: [agent],
      directory: agent.directory,
      specialists: needs,
    })
  }
  // A shared host knows every specialist of its fleet from the start, queued ones included.
  if (fleet.isolation === "shared")
    for (const start of fresh)
      start.specialists = [
        ...new Set(
          agents.flatMap((agent) =>
            agent.agent !== null && !isEnded(agent.status) && limits.isSpecialist(agent.agent)
              ? [agent.agent]
              : [],
          ),
        ),
      ]
  return [...actions, ...fresh]
}
