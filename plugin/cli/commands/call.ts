import { isRecord } from "../../mesh/model/is-record.ts"
import { errorText } from "../../mesh/model/errors.ts"
import { findAgent } from "../../mesh/ledger/tables/agents-by-name.ts"
import type { FleetRow } from "../../mesh/ledger/tables/rows.ts"
import { isToolName, readingTools, toolNames } from "../../tools/registry.ts"
import { defineCommand, json, text } from "../define/command.ts"
import { callOutputs } from "../outputs/people.ts"
import { lastEvent } from "../../mesh/ledger/tables/events.ts"
import { superviseUntilCarried } from "../mesh/supervise-until-carried.ts"
import type { Mesh } from "../mesh/open-mesh.ts"
import { requireFleetOf } from "../mesh/pick-fleet.ts"
import { print, printJson, type Terminal } from "../terminal/terminal.ts"
import { escapeSteering } from "../render/render-json.ts"
import { UsageError } from "../define/usage-error.ts"

/** Longer than a host may take to answer: the command ends once somebody else carries on. */
const handOverMs = 90_000

export const call = defineCommand({
  name: "call",
  summary: "Call any tool as the person at the keyboard",
  usage: [
    "call <tool> '<json>' [--fleet id] [--json]",
    "call <tool> - (reads the JSON from stdin)",
  ],
  options: {
    fleet: text("<fleet>", "The fleet to act on, also for looking up an agent's name"),
    json: { ...json, help: "Also a failure is one JSON document; an answer always is" },
  },
  outputs: callOutputs,
  takes: { least: 1, most: 2 },
  async run({ values, positionals: [tool = "", given = "{}"] }, context) {
    context.refuseInsideAgent()
    const { terminal } = context
    if (!isToolName(tool))
      throw new UsageError(`Unknown tool "${tool}".`, `Use one of ${toolNames.join(", ")}.`)
    const args = parseJson(given === "-" ? await readAll(terminal) : given)
    const mesh = await context.mesh()
    const { meshProcess, project } = mesh
    // A model that may call this program may not therefore run whatever it likes.
    if (tool === "merge_agents" && "check" in args) await context.refuseModels(meshProcess)
    else if (!readingTools.includes(tool)) await context.refuseUnattended(meshProcess)
    const fleet =
      values.fleet === undefined
        ? undefined
        : await meshProcess.ledger.read((db) => requireFleetOf(db, project, values.fleet!))
    const since = await meshProcess.ledger.read(lastEvent)
    const { output } = await meshProcess.tools[tool].run(
      fleet ? await within(mesh, fleet, meshProcess.tools[tool].args, args) : args,
      mesh.person,
      { signal: terminal.interrupted, progress: () => {} },
    )
    if (terminal.isInteractive) printJson(terminal, callOutputs.one, JSON.parse(output))
    else print(terminal, escapeSteering(output))
    await superviseUntilCarried(mesh, since, {
      timeoutMs: handOverMs,
      signal: terminal.interrupted,
      progress: terminal.progress,
    })
  },
})

const parseJson = (given: string): Record<string, unknown> => {
  const example = `meshfleet call fleet_status '{"fleet_id": "flt_…"}'`
  try {
    const value: unknown = JSON.parse(given)
    if (isRecord(value)) return value
  } catch (error) {
    const reason = errorText(error)
    throw new UsageError(`The arguments are not valid JSON: ${reason}.`, example)
  }
  throw new UsageError(`The arguments are not a JSON object: ${given.slice(0, 80)}`, example)
}

/** Arguments as meant within one fleet: its id where the tool takes one, else its agents' ids. */
const within = async (
  { meshProcess }: Mesh,
  fleet: FleetRow,
  takes: Record<string, unknown>,
  args: Record<string, unknown>,
) => {
  const { fleet_id: named = fleet.id, agent_id: agent } = args
  if (named !== fleet.id && named !== fleet.name)
    throw new UsageError(
      `--fleet is ${fleet.id}, but fleet_id is ${JSON.stringify(named)}.`,
      "Leave one of them out.",
    )
  if ("fleet_id" in takes) return { ...args, fleet_id: fleet.id }
  if (typeof agent !== "string") return args
  return {
    ...args,
    agent_id:
      (await meshProcess.ledger.read(async (db) => (await findAgent(db, fleet.id, agent))?.id)) ??
      agent,
  }
}

const readAll = async (terminal: Terminal) => {
  const lines: string[] = []
  for await (const line of terminal.lines()) lines.push(line)
  return lines.join("\n")
}
