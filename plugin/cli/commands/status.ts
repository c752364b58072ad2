import { defineCommand, json } from "../define/command.ts"
import { statusOutputs } from "../outputs/fleets.ts"
import type { Mesh } from "../mesh/open-mesh.ts"
import { requireFleetOf } from "../mesh/pick-fleet.ts"
import { renderFleets } from "../render/render-fleet.ts"
import { titled } from "../render/styled.ts"
import { print, printJson } from "../terminal/terminal.ts"
import { renderStanding } from "../watch/render-standing.ts"

/** More than a screen of fleets nobody reads; a named one is always shown. */
const mostFleets = 20

export const status = defineCommand({
  name: "status",
  summary: "Show the fleets of this project",
  usage: ["status [fleet] [--json]"],
  options: { json },
  outputs: statusOutputs,
  takes: { least: 0, most: 1 },
  async run({ values, positionals: [wanted] }, context) {
    const mesh = await context.mesh()
    const { terminal, now } = context
    if (wanted !== undefined) {
      const fleet = await mesh.meshProcess.ledger.read((db) =>
        requireFleetOf(db, mesh.project, wanted),
      )
      const found = await mesh.meshProcess.results.status(mesh.person, fleet.id)
      if (values.json) return printJson(terminal, statusOutputs.one, found)
      return terminal.paint(renderStanding(found, now(), terminal.columns()))
    }
    const fleets = await overview(mesh)
    if (values.json)
      return printJson(terminal, statusOutputs.all, { project: mesh.project, fleets })
    if (fleets.length === 0) return print(terminal, empty(mesh.directory))
    const running = fleets.filter((fleet) => fleet.status === "running")
    terminal.paint([
      ...titled(renderFleets(fleets, now(), terminal.columns())),
      ...running.flatMap((each) => ["", ...renderStanding(each, now(), terminal.columns())]),
    ])
  },
})

const overview = async ({ meshProcess, person }: Mesh) =>
  Promise.all(
    (await meshProcess.fleets.list(person, { limit: mostFleets })).fleets.map(async (summary) => ({
      ...summary,
      ...(await meshProcess.results.status(person, summary.fleet_id)),
    })),
  )

const empty = (directory: string) =>
  [
    `No fleet has been spawned in ${directory} yet.`,
    "Give OpenCode there a task with /fleet <task>, or spawn one from here with meshfleet call spawn_fleet.",
  ].join("\n")
