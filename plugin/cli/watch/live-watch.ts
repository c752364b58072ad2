import { lastEvent, latestEvents } from "../../mesh/ledger/tables/events.ts"
import { agentById } from "../../mesh/ledger/tables/agents.ts"
import { isEnded } from "../../mesh/model/agent.ts"
import { errorText } from "../../mesh/model/errors.ts"
import { mapInOrder } from "../../mesh/model/in-order.ts"
import { createTeller } from "../../mesh/streams/history.ts"
import type { CommandContext } from "../define/command.ts"
import type { Mesh } from "../mesh/open-mesh.ts"
import { type AgentLog, readLog } from "../mesh/read-log.ts"
import { superviseUntilCarried } from "../mesh/supervise-until-carried.ts"
import type { Screen } from "../terminal/screen.ts"
import { rank } from "./attention.ts"
import { coalesce } from "./coalesce.ts"
import { mostScroll, renderWatch, type WatchModel } from "./render-watch.ts"
import { type Act, firstState, press, type Shown } from "./watch-state.ts"

/** A change is to be seen within 500 ms, and a fleet that talks all the time costs two and a half frames a second. */
const frameMs = 400
/** Times and ages move once a second. */
const tickMs = 1000
/** A session is read from another process, so less often than the ledger. */
const logMs = 400
/** A message leaves four lines until it is acknowledged: some talk is to be seen. */
const shownEvents = 16

/** Shows the fleets in the person's browser, and answers where; until the command ends. */
export type Browse = () => Promise<string>

/** The view of one fleet on the whole screen, until the person leaves it or the command is interrupted. */
export const watchLive = async (
  mesh: Mesh,
  fleetId: string,
  screen: Screen,
  context: CommandContext,
  browse: Browse,
): Promise<void> => {
  const { ledger, changes, results, questions, ratifications } = mesh.meshProcess
  const { terminal, now } = context
  const teller = createTeller()
  let state = firstState
  let model: WatchModel | undefined
  let log: AgentLog | undefined
  const left = new AbortController()

  let endedBefore = -1
  /** What an agent left in its worktree is counted when one has ended. */
  const standing = async () => {
    const status = await results.glance(mesh.person, fleetId)
    const ended = status.agents.filter((agent) => isEnded(agent.status)).length
    if (ended === endedBefore) return status
    endedBefore = ended
    return results.status(mesh.person, fleetId)
  }
  const look = async (): Promise<WatchModel> => {
    const [status, open, votes] = [
      await standing(),
      await questions.open(mesh.person),
      await ratifications.list(mesh.person),
    ]
    const events = await ledger.read(async (db) =>
      mapInOrder(await latestEvents(db, [fleetId], shownEvents), (row) => teller.tell(db, row)),
    )
    return {
      status,
      events,
      questions: open.filter((question) => question.fleet_id === fleetId),
      votes: votes.filter(
        ({ fleet_id, tally }) =>
          fleet_id === fleetId &&
          tally.votes.some(({ voter, vote }) => voter === "human" && vote === null),
      ),
      log,
    }
  }

  const size = () => ({ columns: screen.columns(), rows: screen.rows() })
  const draw = () => {
    if (model) screen.draw(renderWatch({ ...model, log }, state, size(), now()))
  }
  const refresh = coalesce(frameMs, async () => {
    model = await look()
    draw()
    if (state.page === "agent") refreshLog.ask()
  })
  const refreshLog = coalesce(logMs, async () => {
    const id = state.selected
    if (state.page !== "agent" || id === undefined) return
    const agent = await ledger.read((db) => agentById(db, id))
    if (!agent) return
    const read = await readLog((look) => ledger.read(look), agent, mesh.logDeps)
    if (state.selected === id) log = read
    draw()
  })

  const shown = (): Shown => ({
    agents: model ? rank(model.status.agents, now()).map(({ agent }) => agent.agent_id) : [],
    questions: model?.questions ?? [],
    pageLines: Math.max(1, size().rows - 8),
  })

  const say = (note: string) => {
    state = { ...state, note }
    draw()
  }
  const carry = async (act: Exclude<Act, { kind: "quit" }>) => {
    const { meshProcess, person } = mesh
    const nameOf = (id: string) =>
      model?.status.agents.find(({ agent_id }) => agent_id === id)?.name ?? id
    if (act.kind === "answer") {
      await context.refuseModels(meshProcess)
      const { questionId, words = [], text } = act
      await meshProcess.questions.answer(person, questionId, { words, text, reason: undefined })
      return say("Answered.")
    }
    // Where there is no browser to open, as over ssh, the link is there to be taken.
    if (act.kind === "browse") return say(`At ${await browse()}`)
    await context.refuseUnattended(meshProcess)
    const since = await ledger.read(lastEvent)
    if (act.kind === "stop") {
      // It comes back when the host has heard of it.
      say(`${nameOf(act.agentId)} is being stopped.`)
      await meshProcess.fleets.stop(person, fleetId, { mode: "cancel", agent_ids: [act.agentId] })
    } else {
      await meshProcess.messages.send(person, {
        to_agent_id: act.agentId,
        fleet_id: fleetId,
        type: "handoff",
        payload: act.text,
      })
      say(`Sent to ${nameOf(act.agentId)}.`)
    }
    await superviseUntilCarried(mesh, since, { timeoutMs: 90_000, signal: left.signal })
  }

  const ignoreKeys = screen.onKey((key) => {
    const before = state
    const { state: next, act } = press(state, key, shown())
    const most = mostScroll(log, size())
    state = { ...next, scroll: Math.min(next.scroll, most) }
    if (state.page === "agent" && (before.page !== "agent" || before.selected !== state.selected)) {
      log = undefined
      refreshLog.ask()
    }
    if (act?.kind === "quit") return left.abort()
    draw()
    if (act) void carry(act).catch((error: unknown) => say(errorText(error).split("\n")[0]!))
  })
  const ignoreResizes = screen.onResize(draw)
  const unsubscribe = changes.subscribe(() => refresh.ask())
  const timer = setInterval(() => refresh.ask(), tickMs)
  terminal.interrupted.addEventListener("abort", () => left.abort(), { once: true })
  if (terminal.interrupted.aborted) left.abort()
  try {
    refresh.ask()
    if (!left.signal.aborted)
      await new Promise<void>((resolve) =>
        left.signal.addEventListener("abort", () => resolve(), { once: true }),
      )
  } finally {
    clearInterval(timer)
    unsubscribe()
    ignoreKeys()
    ignoreResizes()
    await refresh.close()
    await refreshLog.close()
  }
  refresh.throwIfFailed()
}
