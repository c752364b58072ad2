import type { Query } from "../../mesh/ledger/port.ts"
import { agentsOfFleet } from "../../mesh/ledger/tables/agents.ts"
import { findAgent } from "../../mesh/ledger/tables/agents-by-name.ts"
import { choice, defineCommand, json, line } from "../define/command.ts"
import { stopOutputs } from "../outputs/fleets.ts"
import { lastEvent } from "../../mesh/ledger/tables/events.ts"
import { superviseUntilCarried } from "../mesh/supervise-until-carried.ts"
import { findFleet, onlyRunningFleet, requireFleetOf, runningFleets } from "../mesh/pick-fleet.ts"
import { print, printJson } from "../terminal/terminal.ts"
import { UsageError } from "../define/usage-error.ts"

export const stop = defineCommand({
  name: "stop",
  summary: "Stop a fleet or some of its agents; what they have so far is kept",
  usage: ["stop [fleet] [agent…] [--mode mode] [--reason text] [--json]"],
  options: {
    mode: choice(
      ["wrap_up", "cancel", "kill"],
      "wrap_up: report within a minute; cancel: end now (the default); kill: end their processes at once",
    ),
    reason: line("<text>", "Told to the agents and kept with their results"),
    json,
  },
  outputs: stopOutputs,
  takes: { least: 0, most: 65 },
  async run({ values, positionals }, context) {
    context.refuseInsideAgent()
    const { terminal } = context
    const mesh = await context.mesh()
    const { meshProcess, project, person } = mesh
    await context.refuseUnattended(meshProcess)
    const { fleet, agents } = await meshProcess.ledger.read((db) =>
      chosen(db, project, positionals),
    )
    const since = await meshProcess.ledger.read(lastEvent)
    const mode = values.mode ?? "cancel"
    const outcome = await meshProcess.fleets.stop(person, fleet.id, {
      mode,
      reason: values.reason,
      ...(agents.length > 0 && { agent_ids: [...agents] }),
    })
    await superviseUntilCarried(mesh, since, {
      timeoutMs: 10_000,
      signal: terminal.interrupted,
      progress: terminal.progress,
    })
    const now = await meshProcess.ledger.read((db) => agentsOfFleet(db, fleet.id))
    const told = (ids: readonly string[]) =>
      now.filter(({ id }) => ids.includes(id)).map(({ name, status }) => `${name} (${status})`)
    if (values.json)
      return printJson(terminal, stopOutputs.one, { fleet_id: fleet.id, mode, ...outcome })
    const verb = mode === "wrap_up" ? "asked to wrap up" : mode === "kill" ? "killed" : "stopped"
    const lines = [
      ...(outcome.stopped.length > 0
        ? [`${fleet.id}: ${verb}: ${told(outcome.stopped).join(", ")}`]
        : []),
      ...(outcome.already_ended.length > 0
        ? [`${fleet.id}: had already ended: ${told(outcome.already_ended).join(", ")}`]
        : []),
    ]
    print(terminal, lines.join("\n"))
  },
})

/** The first word may be a fleet, or already an agent of the only running one. */
const chosen = async (db: Query, project: string, words: readonly string[]) => {
  const [first, ...rest] = words
  if (first === undefined) return { fleet: await onlyRunningFleet(db, project), agents: [] }
  const fleet = await findFleet(db, project, first)
  const [running, ...others] = await runningFleets(db, project)
  const isAgent =
    running !== undefined &&
    others.length === 0 &&
    (await findAgent(db, running.id, first)) !== undefined
  if (fleet && isAgent && fleet.id !== first)
    throw new UsageError(
      `"${first}" is a fleet and an agent of ${running.id}.`,
      `meshfleet stop ${fleet.id}, or meshfleet stop ${running.id} ${first}`,
    )
  if (isAgent && !fleet) return { fleet: running, agents: words }
  return { fleet: fleet ?? (await requireFleetOf(db, project, first)), agents: rest }
}
