import { choice, count, defineCommand, flag, json } from "../define/command.ts"
import { routeOutputs } from "../outputs/work.ts"
import type { Mesh } from "../mesh/open-mesh.ts"
import { MeshError } from "../../mesh/model/errors.ts"
import { briefMatch, renderMatches } from "../render/render-matches.ts"
import { titled } from "../render/styled.ts"
import { printJson, type Terminal } from "../terminal/terminal.ts"
import { UsageError } from "../define/usage-error.ts"

type Scope = "all" | "fleet" | "roster"

export const route = defineCommand({
  name: "route",
  summary: "Show who fits a task best, among running agents and specialists",
  usage: [
    'route "<text>" [--top n] [--json]',
    "route --stdin [--top n] (JSON lines {id, text} in, {id, matches} out)",
  ],
  options: {
    top: count("Show at most this many (3)", 1000),
    scope: choice(
      ["all", "fleet", "roster"],
      "Running agents and specialists (all), or only one kind",
    ),
    stdin: flag(
      'Read lines {"id", "text"} and answer each with a line {"id", "matches"}, in order',
    ),
    json,
  },
  outputs: routeOutputs,
  takes: { least: 0, most: 100 },
  async run({ values, positionals }, { mesh: open, terminal }) {
    const description = positionals.join(" ")
    const query = { top_n: values.top ?? 3, scope: values.scope ?? ("all" as Scope) }
    if (values.stdin) {
      if (description)
        throw new UsageError("--stdin takes its texts from stdin.", "Leave one of them out.")
      return routeLines(await open(), terminal, query)
    }
    if (!description.trim())
      throw new UsageError(
        "route needs a description of the task.",
        'meshfleet route "audit the login for injection"',
      )
    const mesh = await open()
    const routed = await mesh.meshProcess.work.route(mesh.person, { description, ...query })
    if (values.json) printJson(terminal, routeOutputs.one, routed)
    else terminal.paint(titled(renderMatches(routed.matches, routed.note, terminal.columns())))
  },
})

/** One router for all lines: what it reads once, it reads once. */
const routeLines = async (
  mesh: Mesh,
  terminal: Terminal,
  query: { top_n: number; scope: Scope },
) => {
  let number = 0
  for await (const line of terminal.lines()) {
    number++
    if (terminal.interrupted.aborted) return
    if (line.trim() === "") continue
    const { id, text } = parseLine(line, number)
    const { matches } = await mesh.meshProcess.work.route(mesh.person, {
      description: text,
      ...query,
    })
    printJson(terminal, routeOutputs.line, { id, matches: matches.map(briefMatch) })
  }
}

const parseLine = (line: string, number: number): { id: unknown; text: string } => {
  try {
    const { id, text } = JSON.parse(line) as { id?: unknown; text?: unknown }
    if (typeof text === "string") return { id: id ?? null, text }
  } catch {
    // Told below, like any other line that is none of ours.
  }
  throw new MeshError(
    "INVALID_ARGUMENT",
    `Line ${number} of stdin is not {"id": …, "text": "…"}: ${line.slice(0, 80)}`,
    "Correct it and start again; the lines before it are answered.",
  )
}
