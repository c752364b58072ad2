import { type CommandContext, defineCommand, flag, json } from "../../define/command.ts"
import type { Mesh } from "../../mesh/open-mesh.ts"
import { onlyRunningFleet, requireFleetOf, runningFleets } from "../../mesh/pick-fleet.ts"
import { watchOutputs } from "../../outputs/fleets.ts"
import type { Screen } from "../../terminal/screen.ts"
import { chooseFleet } from "../../watch/choose-fleet.ts"
import { watchLive } from "../../watch/live-watch.ts"
import { renderStanding } from "../../watch/render-standing.ts"
import { jsonTeller, textTeller, watchLines } from "../../watch/watch-lines.ts"

export const watch = defineCommand({
  name: "watch",
  summary: "Watch a fleet on the whole screen, and steer it; ? shows the keys",
  usage: ["watch [fleet] [--lines] [--json]"],
  options: {
    lines: flag("Print plain lines until the fleet ends, as into a pipe"),
    json: { ...json, help: "The same as lines of JSON" },
  },
  outputs: watchOutputs,
  takes: { least: 0, most: 1 },
  async run({ values, positionals: [wanted] }, context) {
    const mesh = await context.mesh()
    const fleets = await mesh.meshProcess.ledger.read(async (db) => {
      if (wanted !== undefined) return [await requireFleetOf(db, mesh.project, wanted)]
      const running = await runningFleets(db, mesh.project)
      return running.length > 1 ? running : [await onlyRunningFleet(db, mesh.project)]
    })
    const ids = fleets.map(({ id }) => id)
    const { terminal, now } = context
    const screen = values.lines || values.json ? undefined : terminal.openScreen()
    if (!screen) {
      const tell = values.json ? jsonTeller(terminal) : textTeller(terminal, now)
      return watchLines(mesh, ids, terminal, tell)
    }
    let last: string | undefined
    try {
      last = await watchOnScreen(mesh, ids, screen, context)
    } finally {
      screen.close()
    }
    if (last === undefined) return
    const found = await mesh.meshProcess.results.status(mesh.person, last)
    terminal.paint(renderStanding(found, now(), terminal.columns()))
  },
})

/** Answers the fleet that was looked at last. Of several, leaving one leads back to the choice. */
const watchOnScreen = async (
  mesh: Mesh,
  [only, ...others]: readonly string[],
  screen: Screen,
  context: CommandContext,
) => {
  const { interrupted } = context.terminal
  let last: string | undefined
  do {
    const id =
      others.length === 0
        ? only
        : await chooseFleet(mesh, screen, { now: context.now, interrupted })
    if (id === undefined) return last
    last = id
    await watchLive(mesh, id, screen, context)
  } while (others.length > 0 && !interrupted.aborted)
  return last
}
