import type { AssistantMessage, Event } from "@opencode-ai/sdk"
import type { IsAlive } from "../mesh/access.ts"
import { isEnded } from "../mesh/agent.ts"
import { concludeStop, failAttempt } from "../mesh/attempt.ts"
import type { Changes } from "../mesh/changes.ts"
import type { Config } from "../mesh/config.ts"
import type { NewId } from "../mesh/ids.ts"
import { agentById, agentsOfHost } from "../mesh/ledger/agents.ts"
import { fleetById } from "../mesh/ledger/fleets.ts"
import { hostById } from "../mesh/ledger/hosts.ts"
import type { Ledger } from "../mesh/ledger/ledger.ts"
import { hasWakingMail } from "../mesh/ledger/messages.ts"
import type { AgentRow, HostRow } from "../mesh/ledger/rows.ts"
import { endAgent } from "../mesh/outcome.ts"
import { resumeText, unansweredText, wrapUpText } from "../mesh/text.ts"
import { cutStream, judgeTurn } from "../mesh/turn-outcome.ts"
import { reopenAgent, spendWake } from "../mesh/wake.ts"
import { createActivity } from "./activity.ts"
import { createBroker } from "./broker.ts"
import type { Courier } from "./courier.ts"
import { createHostLife } from "./host-life.ts"
import { claimMember } from "./member-session.ts"
import { openSession, type Opening } from "./opening.ts"
import { isAlive, type ProcessIdentity } from "./processes.ts"
import { createSessionWatch } from "./session-watch.ts"
import type { Sessions } from "./sessions.ts"
import { createSubSessions } from "./sub-sessions.ts"
import {
  deliveredIds,
  describeError,
  isUnanswered,
  lastAnswer,
  retryAfterMs,
  textOf,
} from "./transcript.ts"

export interface RunnerDeps {
  host: HostRow
  self: ProcessIdentity
  isAlive?: IsAlive
  ledger: Ledger
  changes: Changes
  sessions: Sessions
  courier: Courier
  now: () => number
  newId: NewId
  random: () => number
  config: Config
  /** Ends what the agents left running, and then this process. Never returns in a real host. */
  endProcess: (agentIds: readonly string[]) => Promise<void>
  /** Ends the background children of one agent. */
  endChildren: (agentId: string, graceMs: number) => Promise<void>
  onError: (error: unknown) => void
}

/** One agent's session in this host. */
interface Turn {
  agentId: string
  sessionId: string
  directory: string
  systemText: string
  /** Everything done to one session is done in order. */
  tail: Promise<void>
  error: string | undefined
  nudges: number
  /** Answers in a row whose stream ended without a reason. */
  cuts: Set<string>
  wrapUpSent: boolean
  stopping: boolean
  /** The session went idle, and nothing of that could be written yet. */
  unjudged: boolean
  deliveredAt: number
}

const maxNudges = 3
/** What children of a cancelled agent have to end by themselves. */
const childGraceMs = 1000
const maxCuts = 3
/** How long OpenCode may take from a stored prompt to a busy session. */
const settleMs = 250
/** An end that could not be written is tried again after this. */
const judgeAgainMs = 1000
const recentMessages = 40

/**
 * The plugin inside a host: runs the agents the ledger gives to this host, delivers their mail, and
 * writes to the ledger what becomes of them. It ends its process when there is nothing left to do.
 */
export const createRunner = (deps: RunnerDeps) => {
  const { host, ledger, changes, sessions, courier, now, newId, config } = deps
  const turns = new Map<string, Turn>()
  const beginning = new Set<string>()
  const activity = createActivity({ ledger, hostId: host.id, now })
  const watch = createSessionWatch({ ...deps, activity })
  const subSessions = createSubSessions({
    sessions,
    directory: host.directory,
    agentOf: (sessionId) => turns.get(sessionId)?.agentId,
  })
  const retry = { attempts: config.attempts, baseMs: config.retry_base_ms }
  const caps = { perFleet: config.wakes_per_fleet, hops: config.hops_per_correlation }
  const life = createHostLife({
    ...deps,
    isAlive: deps.isAlive ?? isAlive,
    isBeginning: () => beginning.size > 0,
  })
  const broker = createBroker({ ...deps, activity })

  const agentOf = (turn: Turn) => ledger.read((db) => agentById(db, turn.agentId)!)
  const turnOf = (agentId: string) => [...turns.values()].find((turn) => turn.agentId === agentId)

  /** At work in this host: while we were frozen somebody may have taken it elsewhere. */
  const isHere = (agent: AgentRow) => agent.status === "running" && agent.host_id === host.id

  const inOrder = (turn: Turn, step: () => Promise<void>) => {
    turn.tail = turn.tail.then(step).catch(deps.onError)
    return turn.tail
  }

  /** Brings an agent to work: a new session, or the one it already has. */
  const begin = async (agent: AgentRow) => {
    const fleet = ledger.read((db) => fleetById(db, agent.fleet_id)!)
    const directory = agent.directory
    const opening = await openSession(deps, agent, fleet, recentMessages)
    const { sessionId } = opening
    const systemText = await claimMember(deps, agent, sessionId, fleet.project)
    if (systemText === undefined) return
    const turn: Turn = {
      agentId: agent.id,
      sessionId,
      directory,
      systemText,
      tail: Promise.resolve(),
      error: undefined,
      nudges: 0,
      cuts: new Set(),
      wrapUpSent: false,
      stopping: false,
      unjudged: false,
      deliveredAt: 0,
    }
    // An agent has one session at a time: what is still told of a former one is not its work.
    for (const [id, each] of turns) if (each.agentId === agent.id) turns.delete(id)
    turns.set(sessionId, turn)
    const opened = open(turn, agent, opening)
    // Mail that is noticed meanwhile waits its turn: it would be delivered beside us, and the answer
    // before it taken for the answer to it.
    turn.tail = opened.catch(() => undefined)
    return opened
  }

  /** The first prompt of a session in this host. */
  const open = async (turn: Turn, agent: AgentRow, { history, task }: Opening): Promise<void> => {
    await courier.reconcile(agent.id, deliveredIds(history))
    if (history.length === 0) return prompt(turn, agent, task, false)
    activity.recount(agent.id, history)
    for (const sub of await subSessions.historiesOf(turn.sessionId, recentMessages))
      activity.recount(agent.id, sub)
    // A wake brings its mail; a retry is told what happened.
    if (agent.attempts > 1 && agent.error_code !== null)
      return prompt(turn, agent, resumeText(agent.attempts, agent.error_detail ?? agent.error_code))
    if ((await deliver(turn)) === 0) await conclude(turn)
  }

  const deliver = async (turn: Turn) => {
    const agent = agentOf(turn)
    const count = await courier.deliver({
      recipient: agent.id,
      sessionId: turn.sessionId,
      directory: turn.directory,
      agent: agent.agent ?? undefined,
      model: agent.model ?? undefined,
    })
    if (count > 0) {
      turn.deliveredAt = now()
      // What went wrong before this prompt says nothing of the answer to it.
      turn.error = undefined
    }
    return count
  }

  /**
   * Judges the answer of a session that went idle. A ledger that cannot be written now, on a full
   * disk for example, can be later: OpenCode says only once that a session is idle.
   */
  const judge = (turn: Turn): Promise<void> =>
    inOrder(turn, async () => {
      try {
        // A prompt that went in before the failure has an end of its own.
        if (!turn.unjudged || !(await sessions.isBusy(turn.sessionId, turn.directory)))
          await conclude(turn)
        turn.unjudged = false
      } catch (error) {
        turn.unjudged = true
        setTimeout(() => void judge(turn), judgeAgainMs).unref?.()
        throw error
      }
    })

  /** Its mail is read first, then its answer is judged. */
  const conclude = async (turn: Turn): Promise<void> => {
    const agent = agentOf(turn)
    if (!isHere(agent)) return
    await courier.settle()
    if (agent.stop_mode === null && (await deliver(turn)) > 0) return
    const history = await sessions.messages(turn.sessionId, turn.directory, recentMessages)
    if (
      agent.stop_mode === null &&
      isUnanswered(history) &&
      turn.error === undefined &&
      turn.nudges < maxNudges
    )
      return nudge(turn, agent)
    // A freeze in the middle of that may have cost us the agent.
    if (!isHere(agentOf(turn))) return
    // The report it was just asked for is still to come.
    if (agent.stop_mode === "wrap_up" && isUnanswered(history) && (await isBusy(turn))) return
    const answer = lastAnswer(history)
    const outcome = turn.cuts.size >= maxCuts ? cutStream : judgeTurn(answer, turn.error)
    turn.error = undefined
    turn.nudges = 0
    turn.cuts.clear()
    activity.recount(agent.id, history)
    await activity.flush()
    activity.forget(agent.id)
    await courier.acknowledgeSeen(agent.id)
    const partial = answer?.text || partialOf(history)
    const ended = await ledger.transact((db) => {
      const at = now()
      const current = agentById(db, agent.id)!
      if (!isHere(current) || current.generation !== agent.generation) return true
      if (partial) db.run("UPDATE agents SET partial = ? WHERE id = ?", partial, agent.id)
      // Whoever had answered before it could be told of its budget, or that it is to be tried again,
      // has done its work.
      const isInTime =
        outcome.ok &&
        (current.stop_mode === "retry" || (current.stop_code === "BUDGET" && !turn.wrapUpSent))
      if (current.stop_mode && !isInTime)
        concludeStop(db, newId, at, { ...current, partial }, retry, deps.random)
      else if (courier.hasMail(agent.id)) return false
      else if (outcome.ok)
        endAgent(db, newId, at, current, { status: "complete", output: outcome.output })
      else {
        if (outcome.failure.code === "RATE_LIMITED")
          watch.gaveUp(db, current, outcome.failure.detail, retryAfterMs(history))
        failAttempt(db, newId, at, { ...current, partial }, outcome.failure, retry, deps.random)
      }
      return true
    })
    changes.nudge()
    // Mail that came while we judged: an agent with undelivered mail is not complete.
    if (!ended) await deliver(turn)
  }

  /**
   * A message that was stored just as the loop ended stays unread until the next prompt
   * (seen in OpenCode's source). One that only just arrived starts its own turn: that takes a moment.
   */
  const nudge = async (turn: Turn, agent: AgentRow): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, settleMs))
    if (await isBusy(turn)) return
    const history = await sessions.messages(turn.sessionId, turn.directory, recentMessages)
    if (!isUnanswered(history)) return conclude(turn)
    turn.nudges++
    await prompt(turn, agent, unansweredText)
  }

  const isBusy = (turn: Turn) => sessions.isBusy(turn.sessionId, turn.directory)

  const prompt = (turn: Turn, agent: AgentRow, text: string, synthetic = true) =>
    sessions.prompt({
      sessionId: turn.sessionId,
      directory: turn.directory,
      agent: agent.agent ?? undefined,
      model: agent.model ?? undefined,
      text,
      synthetic,
    })

  const stop = async (turn: Turn, agent: AgentRow) => {
    if (agent.stop_mode === "wrap_up") {
      if (turn.wrapUpSent) return
      turn.wrapUpSent = true
      return prompt(
        turn,
        agent,
        wrapUpText(agent.stop_reason, Math.round(config.wrap_up_grace_ms / 1000)),
      )
    }
    if (turn.stopping) return
    turn.stopping = true
    try {
      const abort = () => sessions.abort(turn.sessionId, turn.directory)
      // Cancelled, its tools are told first; killed, nobody is waited for.
      if (agent.stop_mode === "kill") await Promise.all([deps.endChildren(agent.id, 0), abort()])
      else {
        await abort()
        await deps.endChildren(agent.id, childGraceMs)
      }
      await endStopped(turn, agent)
    } finally {
      turn.stopping = false
    }
  }

  const endStopped = async (turn: Turn, agent: AgentRow) => {
    const history = await sessions
      .messages(turn.sessionId, turn.directory, recentMessages)
      .catch(() => [])
    activity.recount(agent.id, history)
    await activity.flush()
    activity.forget(agent.id)
    await ledger.transact((db) => {
      const partial = lastAnswer(history)?.text || partialOf(history)
      const current = agentById(db, agent.id)!
      if (!isHere(current) || current.generation !== agent.generation) return
      if (partial) db.run("UPDATE agents SET partial = ? WHERE id = ?", partial, agent.id)
      concludeStop(db, newId, now(), { ...current, partial }, retry, deps.random)
    })
    changes.nudge()
  }

  /** Mail that the model of an idle session never saw is shown again. */
  const recoverMail = async () => {
    for (const turn of turns.values()) {
      const agent = agentOf(turn)
      if (!isHere(agent)) continue
      if (await isBusy(turn)) continue
      const mailbox = {
        recipient: agent.id,
        sessionId: turn.sessionId,
        directory: turn.directory,
        agent: undefined,
        model: undefined,
      }
      if (await courier.recover(mailbox, config.seen_deadline_ms))
        await prompt(turn, agent, unansweredText)
    }
  }

  const wake = (turn: Turn, agent: AgentRow) =>
    inOrder(turn, async () => {
      const woken = await ledger.transact((db) => {
        const at = now()
        const current = agentById(db, agent.id)!
        return (
          isEnded(current.status) &&
          current.host_id === host.id &&
          spendWake(db, newId, at, current.fleet_id, current.id, caps) &&
          reopenAgent(db, at, current, "running")
        )
      })
      changes.nudge()
      turn.wrapUpSent = false
      if (woken) await deliver(turn)
    })

  // Called by timers too, where a throw would end the host.
  const look = () => {
    try {
      if (!life.isEnding()) lookAround()
    } catch (error) {
      deps.onError(error)
    }
  }

  const lookAround = () => {
    if (!isOurs()) return void life.beat().catch(deps.onError)
    broker.look()
    const agents = ledger.read((db) => agentsOfHost(db, host.id))
    for (const agent of agents) {
      const turn = turnOf(agent.id)
      // Its host comes up while it waits for its next attempt.
      const isDue = (agent.not_before ?? 0) <= now()
      if (agent.status === "starting" && isDue && !beginning.has(agent.id)) start(agent)
      if (!turn) continue
      if (agent.status === "running" && agent.stop_mode !== null)
        void inOrderUnlessStopping(turn, agent)
      else if (agent.status === "running" && courier.hasMail(agent.id)) deliverSoon(turn)
      else if (
        (agent.status === "complete" || agent.status === "failed") &&
        ledger.read((db) => hasWakingMail(db, agent.id))
      )
        void wake(turn, agent)
    }
    life.noteIdleness(agents)
  }

  const inOrderUnlessStopping = (turn: Turn, agent: AgentRow) => {
    if (turn.stopping || (agent.stop_mode === "wrap_up" && turn.wrapUpSent)) return undefined
    return inOrder(turn, async () => {
      const current = agentOf(turn)
      // Looks while the last step was under way may have asked for the same stop.
      if (isHere(current) && current.stop_mode !== null) await stop(turn, current)
    })
  }

  /** The first message goes at once, what follows within the window goes together. */
  const deliverSoon = (turn: Turn) => {
    const waitMs = turn.deliveredAt + config.batch_ms - now()
    if (waitMs > 0) return void setTimeout(look, waitMs).unref?.()
    void inOrder(turn, async () => {
      if (isHere(agentOf(turn))) await deliver(turn)
    })
  }

  const start = (agent: AgentRow) => {
    beginning.add(agent.id)
    const before = turnOf(agent.id)
    const run = async () => {
      try {
        await begin(agent)
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error)
        await ledger.transact((db) => {
          const current = agentById(db, agent.id)!
          if (current.host_id !== host.id) return
          const failure = { code: "SESSION_ERROR" as const, detail }
          failAttempt(db, newId, now(), current, failure, retry, deps.random)
        })
        changes.nudge()
      } finally {
        beginning.delete(agent.id)
      }
    }
    void (before ? before.tail.then(run) : run()).catch(deps.onError)
  }

  const onEvent = async (event: Event) => {
    const known = event as unknown as { type: string; properties: Record<string, unknown> }
    const properties = known.properties ?? {}
    const turn = turns.get(sessionIdOf(properties))
    switch (known.type) {
      case "session.idle":
        // Whatever becomes of its questions, its answer is judged.
        await broker.rested(sessionIdOf(properties)).catch(deps.onError)
        if (turn) await judge(turn)
        return
      case "session.error":
        if (turn) {
          const error = describeError(properties["error"])
          if (error && error.name !== "MessageAbortedError")
            turn.error = `${error.name}: ${error.message}`
        }
        return
      case "permission.asked":
      case "question.asked":
        return broker.ask(
          known.type === "permission.asked" ? "permission" : "question",
          properties,
          turn ?? (await ancestorTurn(sessionIdOf(properties))),
        )
      case "permission.replied":
      case "question.replied":
      case "question.rejected":
        return broker.replied(String(properties["requestID"]), replyOf(known))
      default: {
        if (!watch.isWatched(known)) return
        const sessionId = sessionIdOf(properties)
        const agentId = turn?.agentId ?? (await subSessions.agentOf(sessionId))
        if (agentId) await watch.note(agentId, sessionId, known, turn === undefined)
        if (turn && known.type === "message.updated")
          await limitCuts(turn, properties["info"] as AssistantMessage)
      }
    }
  }

  /**
   * A stream that ends without saying why makes OpenCode ask again in the same turn, at once and for
   * ever (anomalyco/opencode#37852).
   */
  const limitCuts = async (turn: Turn, { id, role, finish }: AssistantMessage) => {
    if (role !== "assistant" || finish === undefined) return
    if (finish !== "unknown") return turn.cuts.clear()
    if (turn.cuts.size >= maxCuts) return
    turn.cuts.add(id)
    if (turn.cuts.size === maxCuts) await sessions.abort(turn.sessionId, turn.directory)
  }

  const ancestorTurn = async (sessionId: string) => {
    const agentId = await subSessions.agentOf(sessionId)
    return agentId === undefined ? undefined : turnOf(agentId)
  }

  const isOurs = () => {
    try {
      return life.isEnding() || ledger.read((db) => hostById(db, host.id)?.status !== "ended")
    } catch {
      // A ledger that cannot be read says nothing about us.
      return true
    }
  }

  const unsubscribe = changes.subscribe(look)
  const guarded = (step: () => Promise<unknown>) => () => void step().catch(deps.onError)
  const timers = [
    setInterval(guarded(life.beat), config.heartbeat_ms),
    setInterval(
      guarded(() => activity.flush()),
      1000,
    ),
    setInterval(guarded(recoverMail), config.heartbeat_ms),
    setInterval(look, 500),
  ]

  return {
    async ready() {
      await life.ready()
      look()
    },
    look,
    onEvent,
    systemText: (sessionId: string) => turns.get(sessionId)?.systemText,
    agentOfSession: (sessionId: string) => turns.get(sessionId)?.agentId,
    ancestorAgent: subSessions.agentOf,
    /**
     * Before a tool runs or the model is asked. A host that was frozen and declared dead meanwhile
     * must do neither: its agents are at work elsewhere. It never returns then, and the process ends.
     */
    async stopIfLost() {
      if (isOurs()) return
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

const sessionIdOf = (properties: Record<string, unknown>): string => {
  const info = properties["info"] as { sessionID?: string } | undefined
  const part = properties["part"] as { sessionID?: string } | undefined
  return String(properties["sessionID"] ?? info?.sessionID ?? part?.sessionID ?? "")
}

/** once, always or reject; what answered a question is not ours to keep. */
const replyOf = ({ type, properties }: { type: string; properties: Record<string, unknown> }) =>
  type === "permission.replied" ? properties["reply"] : type.slice("question.".length)

/** What an agent had said in its latest messages, when it came to no final answer. */
const partialOf = (history: Parameters<typeof lastAnswer>[0]) =>
  history
    .flatMap(({ info, parts }) => (info.role === "assistant" ? [textOf(parts)] : []))
    .filter((text) => text !== "")
    .at(-1) ?? null
