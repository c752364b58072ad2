import {
  dropQuestion,
  isGrantedSince,
  receiveAsk,
  rejectedText,
  settleQuestion,
  type Verdict,
  verdictOf,
} from "../../mesh/questions/asking.ts"
import type { Config } from "../../mesh/model/config.ts"
import type { Ledger } from "../../mesh/ledger/ledger.ts"
import { postponeQuestions, questionById } from "../../mesh/ledger/tables/questions.ts"
import type { HostRow } from "../../mesh/ledger/tables/rows.ts"
import { type Asked, describeAsked } from "../../mesh/model/question.ts"
import type { Wakefulness } from "../../mesh/supervision/wakefulness.ts"
import type { Activity } from "./activity.ts"
import type { Sessions } from "../runtime/sessions.ts"

export interface BrokerDeps {
  host: HostRow
  ledger: Ledger
  sessions: Sessions
  activity: Activity
  now: () => number
  wakefulness: Wakefulness
  config: Config
  onError: (error: unknown) => void
}

/** Whose session asks. */
interface Asker {
  agentId: string
  directory: string
}

/** A request that waits in this process; it ends with the process, so it needs no row of its own. */
interface Held {
  agentId: string
  sessionId: string
  directory: string
  asked: Asked
  wanted: string
  failures: number
}

/** OpenCode answers itself in milliseconds: what fails so often in a row fails for good. */
const maxFailures = 10

/**
 * Holds what agents of this host ask until a person has answered, the deadline has passed, or nobody
 * needs the answer. The decision is made in the ledger; here OpenCode is told.
 */
export const createBroker = (deps: BrokerDeps) => {
  const { host, ledger, sessions, activity, now, wakefulness, config, onError } = deps
  const held = new Map<string, Held>()
  const busy = new Set<string>()

  /** An ask of OpenCode's. Nothing hangs on a ledger that cannot be written: then it is rejected. */
  const ask = async (asked: Asked, sessionId: string, asker: Asker | undefined) => {
    const directory = asker?.directory ?? host.directory
    if (!asker)
      return void (await reply(asked, directory, { reject: rejectedText("No agent asks this.") }))
    const { agentId } = asker
    const asking = { agentId, hostId: host.id, deadlineMs: config.question_deadline_ms }
    try {
      const received = await ledger.transact((tx) => receiveAsk(tx, asking, asked))
      if (received === undefined) return
      if (!("waits" in received)) return void (await reply(asked, directory, received))
      const wanted = describeAsked(asked)
      held.set(received.waits, { agentId, sessionId, directory, asked, wanted, failures: 0 })
      showWaiting(agentId)
    } catch (error) {
      await reply(asked, directory, { reject: rejectedText("Nobody could be asked.") })
      throw error
    }
  }

  /** Whether OpenCode still had that request. */
  const reply = (
    { kind, requestId, request }: Asked,
    directory: string,
    verdict: Verdict,
  ): Promise<boolean> => {
    if (kind === "permission") {
      // Never OpenCode's own "always": it outranks rules that deny (1.18). What is granted for longer
      // is in the ledger, and only what OpenCode asks for is looked up there.
      if ("reject" in verdict)
        return sessions.replyPermission(requestId, directory, "reject", verdict.reject)
      return sessions.replyPermission(requestId, directory, "once")
    }
    if ("answers" in verdict) return sessions.answerQuestion(requestId, directory, verdict.answers)
    const reason = "reject" in verdict ? verdict.reject : ""
    // OpenCode's rejection has no room for a reason. An answer has, but where only options count
    // (the end of plan mode) any answer that is not "No" would be taken for a yes.
    return request.questions.some(({ custom }) => custom === false)
      ? sessions.rejectQuestion(requestId, directory)
      : sessions.answerQuestion(
          requestId,
          directory,
          request.questions.map(() => [`(not answered) ${reason}`]),
        )
  }

  const showWaiting = (agentId: string) =>
    activity.waits(agentId, [...held.values()].find((each) => each.agentId === agentId)?.wanted)

  let waitedOut = wakefulness.since()
  /** What this host has slept through was no time to answer in. */
  const waitLonger = async () => {
    for (const { from, until } of wakefulness.sleeps().filter(({ until }) => until > waitedOut)) {
      if (held.size > 0)
        await ledger.transact((tx) => postponeQuestions(tx, host.id, from, until - from))
      waitedOut = until
    }
  }

  /** Called after every commit, and often enough for deadlines. */
  const look = async () => {
    await waitLonger()
    const at = now()
    for (const [id, each] of held) {
      if (busy.has(id)) continue
      const row = await ledger.read((db) => questionById(db, id))
      const isDue = async (question: typeof row) =>
        question !== undefined &&
        (question.deadline_at <= at || (await ledger.read((db) => isGrantedSince(db, question))))
      if (row?.state === "open" && !(await isDue(row))) continue
      // It may have gone away while we looked.
      if (busy.has(id) || !held.has(id)) continue
      busy.add(id)
      void carryOut(id, each)
        .catch(onError)
        .finally(() => busy.delete(id))
    }
  }

  const carryOut = async (id: string, each: Held) => {
    const find = () => ledger.read((db) => questionById(db, id))
    if ((await find())?.state === "open") await ledger.transact((tx) => settleQuestion(tx, id))
    const row = await find()
    if (row?.state === "open") return
    const verdict = row ? verdictOf(row) : { reject: rejectedText("Nobody could be asked.") }
    try {
      // One that went away meanwhile is settled too: its session was aborted, or OpenCode rejected it
      // with another one.
      await reply(each.asked, each.directory, verdict)
    } catch (error) {
      if (++each.failures < maxFailures) throw error
      onError(error)
    }
    await forget(id, each)
  }

  const forget = async (id: string, { agentId }: Held) => {
    held.delete(id)
    showWaiting(agentId)
    await activity.flush()
  }

  /** OpenCode itself has ended requests of ours. */
  const drop = async (isMeant: (each: Held) => boolean, reason: string) => {
    for (const [id, each] of held) {
      if (busy.has(id) || !isMeant(each)) continue
      await ledger.transact(async (tx) => {
        const row = await questionById(tx, id)
        if (row) await dropQuestion(tx, row, reason)
      })
      await forget(id, each)
    }
  }

  return {
    ask,
    look,

    /** Somebody else than us answered, or OpenCode did: a rejection takes the session's others along. */
    replied: (requestId: string, reply: string) =>
      drop(
        ({ asked }) => asked.requestId === requestId,
        reply === "reject"
          ? "rejected together with another question of its session"
          : `answered in the host itself: ${reply}`,
      ),

    /** A session that rests waits for nothing. */
    rested: (sessionId: string) =>
      drop((each) => each.sessionId === sessionId, "its session went on without an answer"),
  }
}

export type Broker = ReturnType<typeof createBroker>
