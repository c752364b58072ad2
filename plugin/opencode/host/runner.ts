import type { IsAlive } from "../../mesh/access.ts"
import type { Changes } from "../../mesh/ledger/changes.ts"
import { capsOf, type Config, retryOf } from "../../mesh/model/config.ts"
import { agentsOfHost } from "../../mesh/ledger/tables/agents.ts"
import { hasTasks } from "../../mesh/ledger/tables/board/tasks.ts"
import { oneAtATime } from "../../mesh/model/one-at-a-time.ts"
import { hostById } from "../../mesh/ledger/tables/hosts.ts"
import { fleetById } from "../../mesh/ledger/tables/fleets.ts"
import { filterInOrder } from "../../mesh/model/in-order.ts"
import type { Query } from "../../mesh/ledger/port.ts"
import type { Ledger } from "../../mesh/ledger/ledger.ts"
import { hasWakingMail } from "../../mesh/ledger/tables/messages.ts"
import { worktreesOfFleet } from "../../mesh/ledger/tables/worktrees.ts"
import type { Exchanges } from "../../mesh/mail/exchanges.ts"
import type { Wakefulness } from "../../mesh/supervision/wakefulness.ts"
import type { AgentRow, HostRow } from "../../mesh/ledger/tables/rows.ts"
import { createActivity } from "./activity.ts"
import { createBroker } from "./broker.ts"
import type { Courier } from "../process/courier.ts"
import { createHostEvents } from "./host-events.ts"
import { createHostLife } from "./host-life.ts"
import { defaultPace, type Pace } from "./pace.ts"
import { isAlive, type ProcessIdentity } from "../../system/processes.ts"
import { createLostSessions } from "./lost-sessions.ts"
import { createSessionWatch } from "./session-watch.ts"
import type { StepWatch } from "../process/step-watch.ts"
import type { Sessions } from "../runtime/sessions.ts"
import { createSubSessions } from "./sub-sessions.ts"
import { createTurnEnd } from "./turn-end.ts"
import { createTurnMail } from "./turn-mail.ts"
import { createTurnStart } from "./turn-start.ts"
import { createTurnStop } from "./turn-stop.ts"
import { createSeats } from "./seats.ts"

export interface RunnerDeps {
  host: HostRow
  self: ProcessIdentity
  isAlive?: IsAlive
  ledger: Ledger
  changes: Changes
  sessions: Sessions
  /** Has OpenCode open a directory as its agents need it; before anything is asked about it. */
  openDirectory: (directory: string) => Promise<void>
  courier: Courier
  exchanges: Pick<Exchanges, "repliesOf">
  now: () => number
  wakefulness: Wakefulness
  random: () => number
  config: Config
  /** Absent while telemetry is off. */
  steps?: StepWatch | undefined
  pace?: Partial<Pace>
  /** Ends what the agents left running, and then this process. Never returns in a real host. */
  endProcess: (agentIds: readonly string[]) => Promise<void>
  /** Ends the background children of one agent. */
  endChildren: (agentId: string, graceMs: number) => Promise<void>
  onError: (error: unknown) => void
}

/** A host in which nothing is due looks and beats less often; others rely on it for three beats. */
const restingLooks = 10
const restingBeats = 2

/**
 * The plugin inside a host: runs the agents the ledger gives to this host, delivers their mail, and
 * writes to the ledger what becomes of them. It ends its process when there is nothing left to do.
 */
export const createRunner = (deps: RunnerDeps) => {
  const { host, ledger, changes, sessions, courier, now, config } = deps
  const pace = { ...defaultPace, ...deps.pace }
  const seats = createSeats(deps)
  const activity = createActivity({ ...deps, hostId: host.id })
  const watch = createSessionWatch({ ...deps, activity })
  const subSessions = createSubSessions({
    sessions,
    directory: host.directory,
    agentOf: (sessionId) => seats.ofSession(sessionId)?.agentId,
  })
  const broker = createBroker({ ...deps, activity })
  const retry = retryOf(config)
  const caps = capsOf(config)

  const mail = createTurnMail({ ...deps, seats, caps, look: () => void look() })
  const end = createTurnEnd({ ...deps, seats, mail, activity, watch, retry, pace })
  const { stopInOrder } = createTurnStop({ ...deps, seats, activity, retry })
  const starts = createTurnStart({ ...deps, seats, mail, end, activity, subSessions, retry, pace })
  const lost = createLostSessions({ ...deps, seats, pace, look: () => void look() })
  const events = createHostEvents({ ...deps, seats, end, broker, watch, subSessions })
  const life = createHostLife({
    ...deps,
    isAlive: deps.isAlive ?? isAlive,
    isBeginning: starts.isAnyBeginning,
  })

  // Called by timers too, where a throw would end the host.
  const look = oneAtATime(async () => {
    try {
      if (!life.isEnding()) await lookAround()
    } catch (error) {
      deps.onError(error)
    }
  })

  const lookAround = async () => {
    // Before their rows are read: one that has begun meanwhile is still "starting" in an older row.
    const beginning = starts.beginning()
    const { row, fleetStatus, agents, withMail } = await ledger.read(readHost)
    if (row.status === "ended") return void life.beat().catch(deps.onError)
    for (const agent of agents) {
      const seat = seats.ofAgent(agent.id)
      // Its host comes up while it waits for its next attempt.
      const isDue = (agent.not_before ?? 0) <= now()
      if (agent.status === "starting" && isDue && !beginning.has(agent.id)) starts.start(agent)
      if (!seat) continue
      if (agent.status === "running" && agent.stop_mode !== null) void stopInOrder(seat, agent)
      else if (withMail.has(agent)) {
        if (agent.status === "running") mail.deliverSoon(seat)
        else void mail.wake(seat)
      }
    }
    await broker.look()
    life.noteIdleness(row, agents, fleetStatus)
  }

  /** All that a look needs, in one read: a host looks after every commit of anybody. */
  const readHost = async (db: Query) => {
    const agents = await agentsOfHost(db, host.id)
    const hasMail = async ({ id, status }: AgentRow) => {
      if (status === "running") return courier.hasMail(db, id)
      return (status === "complete" || status === "failed") && hasWakingMail(db, id)
    }
    return {
      row: (await hostById(db, host.id))!,
      fleetStatus: (await fleetById(db, host.fleet_id))!.status,
      agents,
      withMail: new Set(await filterInOrder(agents, hasMail)),
    }
  }

  const isOurs = async () => {
    try {
      return (
        life.isEnding() ||
        (await ledger.read(async (db) => (await hostById(db, host.id))?.status !== "ended"))
      )
    } catch {
      // A ledger that cannot be read says nothing about us.
      return true
    }
  }

  let beats = 0
  let looks = 0
  const unsubscribe = changes.subscribe(look)
  const guarded = (step: () => Promise<unknown>) => () => void step().catch(deps.onError)
  const timers = [
    setInterval(() => {
      beats++
      if (life.isResting() && beats % restingBeats !== 0) return
      void guarded(life.beat)()
      void guarded(mail.recoverMail)()
    }, config.heartbeat_ms),
    setInterval(
      guarded(() => activity.flush()),
      pace.flushMs,
    ),
    setInterval(guarded(lost.look), pace.sessionsMs),
    setInterval(() => {
      looks++
      if (life.isResting() && looks % restingLooks !== 0) return
      void look()
    }, pace.lookMs),
  ]

  return {
    async ready() {
      await life.ready()
      await look()
    },
    look,
    onEvent: events.onEvent,
    systemText: (sessionId: string) => seats.ofSession(sessionId)?.systemText,
    agentOfSession: (sessionId: string) => seats.ofSession(sessionId)?.agentId,
    ancestorAgent: subSessions.agentOf,
    /** Whether its fleet has tasks to claim. */
    hasBoard: () => ledger.read((db) => hasTasks(db, host.fleet_id)),
    /** Whether there are branches that it may be asked to approve. */
    mayApprove: (agentId: string) =>
      ledger.read(async (db) =>
        (await worktreesOfFleet(db, host.fleet_id)).some((tree) => tree.agent_id !== agentId),
      ),
    /**
     * Before a tool runs or the model is asked. A host that was frozen and declared dead meanwhile
     * must do neither: its agents are at work elsewhere. It never returns then, and the process ends.
     */
    async stopIfLost() {
      if (await isOurs()) return
      void life.beat().catch(deps.onError)
      await new Promise(() => undefined)
    },
    close() {
      unsubscribe()
      for (const timer of timers) clearInterval(timer)
    },
  }
}

export type Runner = ReturnType<typeof createRunner>
