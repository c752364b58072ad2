import { MeshError } from "../../mesh/model/errors.ts"
import { near } from "../../mesh/work.ts"
import { count, defineCommand, json, text } from "../define/command.ts"
import { agentsOutputs } from "../outputs/work.ts"
import type { Mesh } from "../mesh/open-mesh.ts"
import { renderAgent, renderAgents } from "../render/render-agents.ts"
import { titled } from "../render/styled.ts"
import { print, printJson } from "../terminal/terminal.ts"
import { UsageError } from "../define/usage-error.ts"

export const agents = defineCommand({
  name: "agents",
  summary: "List the specialists, or show one in full",
  usage: ["agents [query] [--division d] [--json]", "agents show <name> [--json]"],
  options: {
    division: text("<division>", "Only those of this division, such as security"),
    limit: count("Show at most this many (25)", 10_000),
    json,
  },
  outputs: agentsOutputs,
  takes: { least: 0, most: 20 },
  async run({ values, positionals }, { mesh: open, terminal }) {
    const mesh = await open({ ledger: false })
    if (positionals[0] === "show") {
      const one = shown(mesh, positionals.slice(1))
      if (values.json) printJson(terminal, agentsOutputs.one, one)
      else print(terminal, renderAgent(one).join("\n"))
      return
    }
    const list = await mesh.meshProcess.work.list({
      query: positionals.join(" ") || undefined,
      division: values.division,
      limit: values.limit ?? 25,
    })
    if (values.json) return printJson(terminal, agentsOutputs.all, list)
    for (const { file, problem } of list.problems ?? []) terminal.warn(`${file}: ${problem}`)
    terminal.paint(titled(renderAgents(list, terminal.columns())))
  },
})

const shown = ({ specialists }: Mesh, words: readonly string[]) => {
  if (words.length === 0)
    throw new UsageError("agents show needs a name.", "meshfleet agents lists the names.")
  const name = words.join(" ")
  const one = specialists.find(name)
  if (one) return one
  throw new MeshError(
    "UNKNOWN_SPECIALIST",
    `No agent "${name}"${near(specialists.near(name))}`,
    "meshfleet agents lists all of them.",
  )
}
