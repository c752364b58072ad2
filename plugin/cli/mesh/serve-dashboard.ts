import { lastEvent } from "../../mesh/ledger/tables/events.ts"
import type { Caller } from "../../mesh/model/caller.ts"
import { isAlive } from "../../system/processes.ts"
import type { Actions } from "../../web/actions.ts"
import type { Mesh } from "./open-mesh.ts"
import { showSession } from "./show-session.ts"
import { superviseUntilCarried } from "./supervise-until-carried.ts"

/** A host may take so long to answer; then somebody else carries on. */
const handOverMs = 90_000

/**
 * The page of this mesh, on a port of loopback until it is closed. It acts as the person: whoever serves
 * it has refused models before.
 */
export const serveDashboard = async (mesh: Mesh, signal: AbortSignal, wanted?: number) => {
  // Most commands need neither the server nor the page.
  const [{ createDashboard }, { readPage }] = await Promise.all([
    import("../../web/dashboard.ts"),
    import("../../web/page-files.ts"),
  ])
  const { meshProcess, person, directory } = mesh
  const { ledger, changes, now, onError } = meshProcess
  const served = createDashboard({
    ledger,
    changes,
    now,
    isAlive,
    person,
    directory,
    page: readPage(),
    actions: actionsOf(mesh, signal),
    readSession: (agent, messages) => showSession(mesh, agent, messages),
    onError,
  })
  return { ...(await served.start(wanted)), close: served.close }
}

export type ServedDashboard = Awaited<ReturnType<typeof serveDashboard>>

/** What the page does, as the commands answer, stop, call send_message and vote do it. */
const actionsOf = (mesh: Mesh, signal: AbortSignal): Actions => {
  const { meshProcess } = mesh
  const { ledger, questions, fleets, tools, ratifications, onError } = meshProcess
  /** What it sets in motion is carried on from here, while the page has its answer. */
  const carriedOn = async <T>({ project }: Caller, act: () => Promise<T>): Promise<T> => {
    const since = await ledger.read(lastEvent)
    const done = await act()
    const options = { timeoutMs: handOverMs, signal }
    superviseUntilCarried({ ...mesh, project }, since, options).catch(onError)
    return done
  }
  return {
    answer: questions.answer,
    stop: (person, id, options) => carriedOn(person, () => fleets.stop(person, id, options)),
    send: (person, draft) =>
      carriedOn(person, async () => {
        const { output } = await tools.send_message.run({ ...draft }, person, {
          signal,
          progress: () => {},
        })
        return JSON.parse(output) as unknown
      }),
    vote: ratifications.voteAsPerson,
  }
}
