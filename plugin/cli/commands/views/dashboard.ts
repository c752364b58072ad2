import { lastEvent } from "../../../mesh/ledger/tables/events.ts"
import type { Caller } from "../../../mesh/model/caller.ts"
import { MeshError } from "../../../mesh/model/errors.ts"
import type { Actions } from "../../../web/actions.ts"
import { isAlive } from "../../../system/processes.ts"
import { count, defineCommand, flag, json } from "../../define/command.ts"
import { dashboardOutputs } from "../../outputs/program.ts"
import type { Mesh } from "../../mesh/open-mesh.ts"
import { openInBrowser } from "../../mesh/open-in-browser.ts"
import { showSession } from "../../mesh/show-session.ts"
import { superviseUntilCarried } from "../../mesh/supervise-until-carried.ts"
import { print, printJson } from "../../terminal/terminal.ts"

/** A host may take so long to answer; then somebody else carries on. */
const handOverMs = 90_000

export const dashboard = defineCommand({
  name: "dashboard",
  summary: "Show and steer the project's fleets in the browser until Ctrl-C",
  usage: ["dashboard [--no-open] [--port n] [--json]"],
  options: {
    "no-open": flag("Print the link alone; by default your browser is opened as well"),
    port: count("The port of 127.0.0.1 (default: a free one)", 65_535),
    json: { ...json, help: "The link as one line of JSON; no browser is opened" },
  },
  outputs: dashboardOutputs,
  takes: { least: 0, most: 0 },
  async run({ values }, context) {
    const { terminal } = context
    const mesh = await context.mesh()
    const { meshProcess, person, directory } = mesh
    // The page answers and votes as the person.
    await context.refuseModels(meshProcess)
    const [{ createDashboard }, { readPage }] = await Promise.all([
      import("../../../web/dashboard.ts"),
      import("../../../web/page-files.ts"),
    ])
    const { ledger, changes, now, onError } = meshProcess
    const served = createDashboard({
      ledger,
      changes,
      now,
      isAlive,
      person,
      directory,
      page: readPage(),
      actions: actionsOf(mesh, terminal.interrupted),
      readSession: (agent, messages) => showSession(mesh, agent, messages),
      onError,
    })
    const { link, port } = await served.start(values.port)
    try {
      if (values.port !== undefined && values.port !== port)
        throw new MeshError(
          "INVALID_ARGUMENT",
          `Port ${values.port} of 127.0.0.1 is not free.`,
          "Name another one, or leave --port out.",
        )
      if (values.json) printJson(terminal, dashboardOutputs.line, { link, port })
      else
        print(
          terminal,
          [`dashboard  ${link}`, "", "The link works once. Serving until Ctrl-C."].join("\n"),
        )
      if (!values["no-open"] && !values.json && terminal.isInteractive) openInBrowser(link)
      // Its server keeps the process alive, and without a page nobody listens to the ledger.
      await interruption(terminal.interrupted)
    } finally {
      await served.close()
    }
  },
})

/** Bun 1.3.14 does not sleep in an await at the top while there is no timer: it turns round and round. */
const interruption = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setInterval(() => undefined, 3_600_000)
    const end = () => {
      clearInterval(timer)
      resolve()
    }
    if (signal.aborted) end()
    else signal.addEventListener("abort", end, { once: true })
  })

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
