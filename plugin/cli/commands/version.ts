import { version as number } from "../../../package.json" with { type: "json" }
import { defineCommand } from "../define/command.ts"
import { print } from "../terminal/terminal.ts"

export const version = defineCommand({
  name: "version",
  summary: "Show the version of Meshfleet and of what runs it",
  usage: ["version"],
  options: {},
  takes: { least: 0, most: 0 },
  async run(_, { terminal }) {
    const { bun, meshProcess } = process.versions
    print(terminal, `meshfleet ${number} (${bun ? `Bun ${bun}` : `Node ${meshProcess}`})`)
  },
})
