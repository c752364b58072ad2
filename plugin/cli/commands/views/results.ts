import { defineCommand, json } from "../../define/command.ts"
import { resultsOutputs } from "../../outputs/fleets.ts"
import { requireFleetOf } from "../../mesh/pick-fleet.ts"
import { renderDuration } from "../../render/render-duration.ts"
import { indent, oneLine, plainText } from "../../render/render-text.ts"
import { span, type StyledLine } from "../../render/styled.ts"
import { printJson } from "../../terminal/terminal.ts"

export const results = defineCommand({
  name: "results",
  summary: "Show what the agents of a fleet have answered, or said so far",
  usage: ["results <fleet> [agent…] [--json]"],
  options: { json },
  outputs: resultsOutputs,
  takes: { least: 1, most: 65 },
  async run({ values, positionals: [wanted, ...agents] }, { mesh: open, terminal }) {
    const { meshProcess, person, project } = await open()
    const fleet = await meshProcess.ledger.read((db) => requireFleetOf(db, project, wanted!))
    const collected = await meshProcess.results.collect(
      person,
      fleet.id,
      agents.length > 0 ? agents : undefined,
    )
    if (values.json) return printJson(terminal, resultsOutputs.one, collected)
    const ended = collected.results.filter(({ partial }) => !partial).length
    terminal.paint([
      [
        span(
          `${fleet.id}  ${oneLine(fleet.name)}: ${collected.status}, ${ended} of ${collected.results.length} complete`,
          "bold",
        ),
      ],
      ...collected.results.flatMap(renderResult),
    ])
  },
})

interface Result {
  name: string
  role: string
  status: string
  output: string | null
  partial: boolean
  error?: { code: string; detail: string | null }
  duration_ms: number
  tokens: number
  cost_usd: number | null
  attempts: number
  files?: readonly string[]
  branch?: string
}

const renderResult = (result: Result): StyledLine[] => {
  const { name, role, status, output, partial, error, tokens, cost_usd: cost } = result
  const facts = [
    renderDuration(result.duration_ms),
    ...(result.attempts > 1 ? [`${result.attempts} attempts`] : []),
    ...(tokens > 0 ? [`${tokens.toLocaleString("en-US")} tokens`] : []),
    ...(cost ? [`$${cost.toFixed(cost < 1 ? 4 : 2)}`] : []),
  ].join(" · ")
  const text = output === null ? "" : plainText(output).trimEnd()
  return [
    "",
    [
      span(`${oneLine(name)}  `, "bold"),
      span(status, status === "complete" ? "green" : status === "failed" ? "red" : "yellow"),
      span(`  ${oneLine(role)}  ${facts}`, "dim"),
    ],
    ...(error ? [[span(indent(oneLine(`${error.code}: ${error.detail ?? ""}`)), "red")]] : []),
    ...(partial && text !== "" ? [[span("  so far:", "dim")]] : []),
    ...(text === ""
      ? [[span("  nothing was said", "dim")]]
      : text.split("\n").map((line) => indent(line))),
    ...(result.files?.length
      ? [[span(indent(`files: ${result.files.map(oneLine).join(", ")}`), "dim")]]
      : []),
    ...(result.branch ? [[span(indent(`branch: ${oneLine(result.branch)}`), "dim")]] : []),
  ]
}
