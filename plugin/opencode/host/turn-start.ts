import { errorText } from "../../mesh/model/errors.ts"
import { failAttempt } from "../../mesh/lifecycle/attempt.ts"
import type { RetryPolicy } from "../../mesh/model/config.ts"
import { agentById } from "../../mesh/ledger/tables/agents.ts"
import { fleetById } from "../../mesh/ledger/tables/fleets.ts"
import type { Ledger } from "../../mesh/ledger/ledger.ts"
import type { AgentRow, HostRow } from "../../mesh/ledger/tables/rows.ts"
import { resumeText } from "../../mesh/prompts.ts"
import type { Activity } from "./activity.ts"
import type { Courier } from "../process/courier.ts"
import { claimMember } from "./member-session.ts"
import { openSession, type Opening } from "./opening.ts"
import type { Pace } from "./pace.ts"
import type { ProcessIdentity } from "../../system/processes.ts"
import type { Sessions } from "../runtime/sessions.ts"
import type { SubSessions } from "./sub-sessions.ts"
import { deliveredIds } from "../runtime/transcript.ts"
import { newSeat, type Seat } from "./seat.ts"
import type { TurnEnd } from "./turn-end.ts"
import type { TurnMail } from "./turn-mail.ts"
import { recentMessages, type Seats } from "./seats.ts"

export interface TurnStartDeps {
  host: HostRow
  self: ProcessIdentity
  ledger: Ledger
  sessions: Sessions
  openDirectory: (directory: string) => Promise<void>
  courier: Courier
  activity: Activity
  subSessions: Pick<SubSessions, "historiesOf">
  seats: Seats
  mail: Pick<TurnMail, "deliver">
  end: Pick<TurnEnd, "conclude">
  random: () => number
  retry: RetryPolicy
  pace: Pick<Pace, "readAgainMs">
  onError: (error: unknown) => void
}

/** Brings the agents to work that were given to this host. */
export const createTurnStart = (deps: TurnStartDeps) => {
  const { host, ledger, courier, activity, subSessions, seats, mail, end } = deps
  const { random, retry, onError } = deps
  const beginning = new Set<string>()

  /** Brings an agent to work: a new session, or the one it already has. */
  const begin = async (agent: AgentRow) => {
    const fleet = await ledger.read(async (db) => (await fleetById(db, agent.fleet_id))!)
    const directory = agent.directory
    await deps.openDirectory(directory)
    const opening = await openSession(deps, agent, fleet, recentMessages)
    const { sessionId } = opening
    const systemText = await claimMember(deps, agent, sessionId, fleet.project)
    if (systemText === undefined) return
    const seat = newSeat({ agentId: agent.id, sessionId, directory, systemText })
    seats.add(seat)
    const opened = open(seat, agent, opening)
    // Mail that is noticed meanwhile waits its turn: it would be delivered beside us, and the answer
    // before it taken for the answer to it.
    seat.tail = opened.catch(() => undefined)
    return opened
  }

  /** The first prompt of a session in this host. */
  const open = async (seat: Seat, agent: AgentRow, { history, task }: Opening): Promise<void> => {
    await courier.reconcile(agent.id, deliveredIds(history))
    if (history.length === 0) {
      // Mail that came before it could begin would cost a step of its own a moment later.
      if ((await mail.deliver(seat, task)) === 0) await seats.prompt(seat, agent, task, false)
      return
    }
    activity.recount(agent.id, history)
    for (const sub of await subSessions.historiesOf(seat.sessionId, recentMessages))
      activity.recount(agent.id, sub)
    // A wake brings its mail; a retry is told what happened.
    if (agent.attempts > 1 && agent.error_code !== null)
      return seats.prompt(
        seat,
        agent,
        resumeText(agent.attempts, agent.error_detail ?? agent.error_code),
      )
    if ((await mail.deliver(seat)) === 0) await end.conclude(seat)
  }

  /** Once its former session has come to rest; an agent that cannot begin has failed its attempt. */
  const start = (agent: AgentRow) => {
    beginning.add(agent.id)
    const before = seats.ofAgent(agent.id)
    const run = async () => {
      try {
        await begin(agent)
      } catch (error) {
        const detail = errorText(error)
        await ledger.transact(async (tx) => {
          const current = (await agentById(tx, agent.id))!
          if (current.host_id !== host.id) return
          const failure = { code: "SESSION_ERROR" as const, detail }
          await failAttempt(tx, current, failure, retry, random)
        })
      } finally {
        beginning.delete(agent.id)
      }
    }
    void (before ? before.tail.then(run) : run()).catch(onError)
  }

  return {
    start,
    /** Who is being brought to work at this moment. */
    beginning: (): ReadonlySet<string> => new Set(beginning),
    isAnyBeginning: () => beginning.size > 0,
  }
}
