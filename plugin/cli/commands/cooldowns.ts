import { defineCommand, flag, json } from "../define/command.ts"
import { cooldownsOutputs } from "../outputs/people.ts"
import { UsageError } from "../define/usage-error.ts"
import { renderDuration } from "../render/render-duration.ts"
import { renderTable } from "../render/render-table.ts"
import { titled } from "../render/styled.ts"
import { print, printJson } from "../terminal/terminal.ts"

export const cooldowns = defineCommand({
  name: "cooldowns",
  summary: "List providers that rest because of a rate limit, or lift their rest",
  usage: ["cooldowns [--json]", "cooldowns --lift [provider] [--json]"],
  options: {
    lift: flag("Lift the rest of this provider, or of all: agents that wait for it start at once"),
    json,
  },
  outputs: cooldownsOutputs,
  takes: { least: 0, most: 1 },
  async run({ values, positionals: [provider] }, context) {
    const { terminal, now } = context
    if (provider !== undefined && !values.lift)
      throw new UsageError(
        `cooldowns takes a provider only with --lift, not "${provider}" alone.`,
        `meshfleet cooldowns --lift ${provider}`,
      )
    const { meshProcess, person } = await context.mesh()
    if (values.lift) {
      await context.refuseModels(meshProcess)
      const lifted = await meshProcess.coolDowns.lift(person, provider)
      if (values.json) return printJson(terminal, cooldownsOutputs.lifted, { lifted })
      const lines = lifted.map((each) => `${each.provider}: its rest is lifted (${each.reason})`)
      return print(terminal, lines.join("\n") || nobody)
    }
    const resting = await meshProcess.coolDowns.list()
    if (values.json) return printJson(terminal, cooldownsOutputs.all, { cooldowns: resting })
    if (resting.length === 0) return print(terminal, nobody)
    const rows = resting.map((rest) => [
      rest.provider,
      rest.resting
        ? `rests for ${renderDuration(Date.parse(rest.until) - now())}`
        : `over; ${rest.tried_by ?? "the next agent"} tries it first`,
      `${renderDuration(now() - Date.parse(rest.since))} ago`,
      rest.reason,
    ])
    terminal.paint(titled(renderTable(columns, rows, terminal.columns())))
  },
})

const nobody = "No provider rests."

const columns = ["PROVIDER", "STATE", "SINCE", "REASON"].map((title) => ({ title }))
