import { mapInOrder } from "../../mesh/model/in-order.ts"
import { eventsSince, lastEvent, latestEvents } from "../../mesh/ledger/tables/events.ts"
import { fleetById } from "../../mesh/ledger/tables/fleets.ts"
import { defineCommand } from "../define/command.ts"
import { createLiveScreen } from "../terminal/live-screen.ts"
import type { Mesh } from "../mesh/open-mesh.ts"
import { onlyRunningFleet, requireFleetOf } from "../mesh/pick-fleet.ts"
import { renderEvent } from "../render/render-event.ts"
import { type FleetStatus, renderFleet } from "../render/render-fleet.ts"
import { print, type Terminal } from "../terminal/terminal.ts"
import { createTeller } from "../mesh/event-feed.ts"
import { untilInterrupted } from "../terminal/until-interrupted.ts"

/** As much of the history as fits below a small fleet. */
const shownEvents = 8

export const watch = defineCommand({
  name: "watch",
  summary: "Watch a fleet live, until it ends or Ctrl-C",
  usage: ["watch [fleet]"],
  options: {},
  takes: { least: 0, most: 1 },
  async run({ positionals: [wanted] }, context) {
    const mesh = await context.mesh()
    const fleet = await mesh.meshProcess.ledger.read(async (db) =>
      wanted === undefined
        ? await onlyRunningFleet(db, mesh.project)
        : await requireFleetOf(db, mesh.project, wanted),
    )
    const { terminal, now } = context
    await (terminal.isInteractive ? watchLive : watchLines)(mesh, fleet.id, terminal, now)
  },
})

type Watch = (mesh: Mesh, fleetId: string, terminal: Terminal, now: () => number) => Promise<void>

const hasEnded = async ({ meshProcess }: Mesh, fleetId: string) =>
  (await meshProcess.ledger.read(async (db) => (await fleetById(db, fleetId))?.status)) ===
  "running"
    ? undefined
    : true

/** Drawn over itself after every commit, and each second for the times in it. */
const watchLive: Watch = async (mesh, fleetId, terminal, now) => {
  const { ledger, changes, results } = mesh.meshProcess
  const screen = createLiveScreen(terminal)
  const teller = createTeller()
  const draw = async (status: FleetStatus) => {
    const events = await ledger.read(async (db) =>
      mapInOrder(await latestEvents(db, [fleetId], shownEvents), (row) => teller.tell(db, row)),
    )
    const history = events.map((event) => renderEvent(event, { withFleet: false }))
    screen.draw([...renderFleet(status, now(), terminal.columns()), "", ...history])
  }
  const redraw = async () => draw(await results.status(mesh.person, fleetId))
  let drawing = redraw()
  const ask = () => void (drawing = drawing.then(redraw))
  const unsubscribe = changes.subscribe(ask)
  const timer = setInterval(ask, 1000)
  try {
    await untilInterrupted(changes, terminal.interrupted, () => hasEnded(mesh, fleetId))
  } finally {
    clearInterval(timer)
    unsubscribe()
    await drawing.then(redraw)
  }
}

/** For a file or a pipe: how it stands, what happens, and how it ended. */
const watchLines: Watch = async (mesh, fleetId, terminal, now) => {
  const { ledger, changes, results } = mesh.meshProcess
  const teller = createTeller()
  let seen = await ledger.read(lastEvent)
  const standing = async () =>
    print(terminal, renderFleet(await results.status(mesh.person, fleetId), now()).join("\n"))
  await standing()
  if (await hasEnded(mesh, fleetId)) return
  await untilInterrupted(changes, terminal.interrupted, async () => {
    const ended = await hasEnded(mesh, fleetId)
    for (const row of await ledger.read((db) => eventsSince(db, seen, fleetId))) {
      seen = row.seq
      print(
        terminal,
        renderEvent(await ledger.read((db) => teller.tell(db, row)), { withFleet: false }),
      )
    }
    return ended
  })
  print(terminal, "")
  await standing()
}
