import { version as number } from "../../../../package.json" with { type: "json" }
import { defineCommand, json } from "../../define/command.ts"
import { versionOutputs } from "../../outputs/program.ts"
import { print, printJson } from "../../terminal/terminal.ts"

export const version = defineCommand({
  name: "version",
  summary: "Show the version of Meshfleet and of what runs it",
  usage: ["version [--json]"],
  options: { json },
  outputs: versionOutputs,
  takes: { least: 0, most: 0 },
  async run({ values }, { terminal }) {
    const { bun, node } = process.versions
    if (values.json)
      return printJson(terminal, versionOutputs.one, {
        version: number,
        runs_in: bun ? "bun" : "node",
        runtime_version: bun ?? node,
      })
    print(terminal, `meshfleet ${number} (${bun ? `Bun ${bun}` : `Node ${node}`})`)
  },
})
