import { type CommandContext, defineCommand, flag, json } from "../../define/command.ts"
import type { Mesh } from "../../mesh/open-mesh.ts"
import { openInBrowser } from "../../mesh/open-in-browser.ts"
import { onlyRunningFleet, requireFleetOf, runningFleets } from "../../mesh/pick-fleet.ts"
import { type ServedDashboard, serveDashboard } from "../../mesh/serve-dashboard.ts"
import { watchOutputs } from "../../outputs/fleets.ts"
import type { Screen } from "../../terminal/screen.ts"
import { chooseFleet } from "../../watch/choose-fleet.ts"
import { watchLive } from "../../watch/live-watch.ts"
import { renderStanding } from "../../watch/render-standing.ts"
import { jsonTeller, textTeller, watchLines } from "../../watch/watch-lines.ts"

/** Within the half second in which a change shows, and seldom enough for a view that stays open. */
const lookMs = 150

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
    const mesh = await context.mesh({ lookMs })
    const { project, meshProcess, person } = mesh
    const { ledger, results } = meshProcess
    const { terminal, now } = context
    const ids = await ledger.read(async (db) =>
      wanted === undefined
        ? (await runningFleets(db, project)).map(({ id }) => id)
        : [(await requireFleetOf(db, project, wanted)).id],
    )
    const screen = values.lines || values.json ? undefined : terminal.openScreen()
    if (!screen) {
      // On a screen there is time to wait for one.
      if (ids.length === 0) await ledger.read((db) => onlyRunningFleet(db, project))
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
    const found = await results.status(person, last)
    terminal.paint(renderStanding(found, now(), terminal.columns()))
  },
})

/** Answers the fleet that was looked at last. Of several, leaving one leads back to the choice. */
const watchOnScreen = async (
  mesh: Mesh,
  ids: readonly string[],
  screen: Screen,
  context: CommandContext,
) => {
  const { now, terminal } = context
  const { interrupted } = terminal
  const page = createPage(mesh, context)
  let last: string | undefined
  try {
    do {
      const id =
        ids.length === 1
          ? ids[0]
          : await chooseFleet(mesh, screen, { now, interrupted, takesFirst: ids.length === 0 })
      if (id === undefined) return last
      last = id
      await watchLive(mesh, id, screen, context, page.browse)
    } while (ids.length > 1 && !interrupted.aborted)
    return last
  } finally {
    await page.close()
  }
}

/** The dashboard beside the screen, from the first time that it is asked for. */
const createPage = (mesh: Mesh, context: CommandContext) => {
  let served: Promise<ServedDashboard> | undefined
  return {
    async browse() {
      // The page answers and votes as the person.
      await context.refuseModels(mesh.meshProcess)
      served ??= serveDashboard(mesh, context.terminal.interrupted)
      const { link } = await served
      openInBrowser(link)
      return link
    },
    close: async () => (await served?.catch(() => undefined))?.close(),
  }
}
