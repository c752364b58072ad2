import { createChanges } from "../../mesh/ledger/changes.ts"
import { createLazyLedger } from "../../mesh/ledger/lazy-ledger.ts"
import { ownsSessions } from "../../mesh/ledger/tables/sessions.ts"
import { createExchanges } from "../../mesh/mail/exchanges.ts"
import { createMessages } from "../../mesh/mail/messages.ts"
import { createResults } from "../../mesh/fleets/results.ts"
import { createStop } from "../../mesh/fleets/stop-agents.ts"
import { capsOf, limitsOf } from "../../mesh/model/config.ts"
import { MeshError } from "../../mesh/model/errors.ts"
import { personIn } from "../../mesh/model/caller.ts"
import { createQuestions } from "../../mesh/questions/questions.ts"
import { readConfig } from "../../system/config-files.ts"
import { createGitWorktrees } from "../../system/git-worktrees.ts"
import { isInsideOpenCode } from "../../system/inside-opencode.ts"
import { createLedgerStore, ledgerPlace } from "../../system/ledger-store.ts"
import { createLog } from "../../system/log.ts"
import { meshHome } from "../../system/mesh-home.ts"
import { isAlive } from "../../system/processes.ts"
import { projectOf } from "../../system/project.ts"
import { fleetsBeside, fleetsOn, readSnapshot } from "./read-snapshot.ts"
import { createRefresher } from "./refresher.ts"
import { urgencyIn } from "./urgency.ts"
import type { Snapshot } from "../view/snapshot.ts"

export interface ViewOptions {
  directory: string
  env: Record<string, string | undefined>
  now?: () => number
  /** Whether a model may have started this OpenCode. */
  isModels?: (isOwner: Parameters<typeof isInsideOpenCode>[0]) => Promise<boolean>
}

/**
 * OpenCode's screen wakes as a whole for each write that it is told of: 7 % of a core where a fleet
 * chatters. So it looks for writes instead, often enough for a change to be seen within half a second.
 */
const lookMs = 380

/** A process that is alive is so for a while; looking takes a read of /proc each. */
const aliveMs = 2000

/**
 * The mesh as the person before OpenCode's screen sees it: reads of the ledger, and the acts of a person
 * through the services that the command line uses. It supervises nothing: the plugin that leads the
 * fleet, or a host, carries out what is written here.
 */
export const openView = ({
  directory,
  env,
  now = Date.now,
  // The OpenCode of this screen is a person's; the one it may have been started in is not.
  isModels = (isOwner) => isInsideOpenCode(isOwner, env, process.ppid),
}: ViewOptions) => {
  const home = meshHome(env)
  const { config } = readConfig(directory, {}, env)
  const onError = createLog(home, now)
  const store = createLedgerStore(ledgerPlace(home, config.ledger))
  const { ledger } = createLazyLedger(() => store.open({ lookMs }))
  const changes = createChanges(ledger, onError)
  const project = projectOf(directory)
  const person = personIn(project, directory)
  const limits = limitsOf(config)
  const exchanges = createExchanges()
  const questions = createQuestions({ ledger })
  const stop = createStop({ ledger, changes, isAlive, limits, supervise: () => undefined })
  const messages = createMessages({
    ledger,
    changes,
    now,
    isAlive,
    isInFlight: () => false,
    hold: () => () => undefined,
    exchanges,
    caps: capsOf(config),
  })
  const worktrees = createGitWorktrees({ home, env: () => env })
  const results = createResults({ ledger, changes, now, isAlive, worktrees, exchanges, limits })
  const snapshotDeps = {
    isAlive: forAWhile(now),
    longestRestMs: limits.longestRestMs,
    ended: new Map(),
  }

  const requireHuman = async () => {
    if (await isModels((each) => ledger.read((db) => ownsSessions(db, each))))
      throw new MeshError(
        "NOT_ALLOWED",
        "This OpenCode was started inside another one, where a model could be typing.",
        "Do it in the terminal where you started the first one.",
      )
  }
  const act =
    <Args extends unknown[], T>(run: (...args: Args) => Promise<T>) =>
    async (...args: Args) => {
      await requireHuman()
      return run(...args)
    }

  return {
    refresher: createRefresher({
      subscribe: (listener) => changes.subscribe(listener),
      now,
      onError,
    }),
    now,
    onError,
    /** What of a session's fleets has to be seen soon, as a text to compare. */
    urgency: (sessionId: string) =>
      ledger.read(async (db) => urgencyIn(db, await fleetsBeside(db, sessionId, now()), project)),
    /** Of one session, or of the whole project. */
    async snapshot(sessionId?: string): Promise<Snapshot> {
      const at = now()
      const fleets = await ledger.read((db) =>
        sessionId ? fleetsBeside(db, sessionId, at) : fleetsOn(db, project),
      )
      // Most sessions lead nothing: one statement tells.
      if (fleets.length === 0) return { at, fleets: [], questions: [] }
      const isRunning = fleets.some(({ status }) => status === "running")
      const open = isRunning ? await questions.open(person) : []
      return ledger.read((db) => readSnapshot(db, fleets, open, at, snapshotDeps))
    },
    answer: act((id: string, given: Parameters<typeof questions.answer>[2]) =>
      questions.answer(person, id, given),
    ),
    stop: act((fleetId: string, agentIds: string[] | undefined, mode: "wrap_up" | "cancel") =>
      stop(person, fleetId, { mode, ...(agentIds && { agent_ids: agentIds }) }),
    ),
    send: act((fleetId: string, agentId: string, text: string) =>
      messages.send(person, {
        fleet_id: fleetId,
        to_agent_id: agentId,
        type: "question",
        payload: text,
      }),
    ),
    results: (fleetId: string, agentIds: string[] | undefined) =>
      results.collect(person, fleetId, agentIds),
    async close() {
      changes.close()
      await ledger.close()
    },
  }
}

export type View = ReturnType<typeof openView>

const forAWhile = (now: () => number): typeof isAlive => {
  const known = new Map<string, { at: number; alive: boolean }>()
  return (identity) => {
    const key = `${identity.pid} ${identity.process_start}`
    const last = known.get(key)
    if (last && now() - last.at < aliveMs) return last.alive
    if (known.size > 500) known.clear()
    const alive = isAlive(identity)
    known.set(key, { at: now(), alive })
    return alive
  }
}
