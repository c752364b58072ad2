import { MeshError } from "../../../mesh/model/errors.ts"
import { count, defineCommand, flag, json } from "../../define/command.ts"
import { dashboardOutputs } from "../../outputs/program.ts"
import { openInBrowser } from "../../mesh/open-in-browser.ts"
import { serveDashboard } from "../../mesh/serve-dashboard.ts"
import { print, printJson } from "../../terminal/terminal.ts"

/** While a page is open. The page is told three times a second, so to wake for each write brings nothing. */
const lookMs = 150

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
    const mesh = await context.mesh({ lookMs })
    // The page answers and votes as the person.
    await context.refuseModels(mesh.meshProcess)
    const served = await serveDashboard(mesh, terminal.interrupted, values.port)
    const { link, port } = served
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
