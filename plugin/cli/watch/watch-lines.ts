import { lastEvent } from "../../mesh/ledger/tables/events.ts"
import { fleetById } from "../../mesh/ledger/tables/fleets.ts"
import { filterInOrder } from "../../mesh/model/in-order.ts"
import { eventJson, historyOf, type ToldEvent } from "../../mesh/streams/history.ts"
import type { Mesh } from "../mesh/open-mesh.ts"
import { watchOutputs } from "../outputs/fleets.ts"
import { renderEvent } from "../render/render-event.ts"
import type { FleetStatus } from "../render/render-fleet.ts"
import { print, printJson, type Terminal } from "../terminal/terminal.ts"
import { untilInterrupted } from "../terminal/until-interrupted.ts"
import { renderStanding } from "./render-standing.ts"

type Standing = Awaited<ReturnType<Mesh["meshProcess"]["results"]["status"]>>

/** How what is seen is written. */
export interface Teller {
  standing(status: Standing, isEnd: boolean): void
  event(event: ToldEvent, withFleet: boolean): void
}

/** For a file or a pipe: how the fleets stand, what happens in them, and how each has ended. */
export const watchLines = async (
  mesh: Mesh,
  fleetIds: readonly string[],
  terminal: Terminal,
  tell: Teller,
) => {
  const { ledger, changes, results } = mesh.meshProcess
  const history = historyOf(mesh.project)
  let seen = await ledger.read(lastEvent)
  const runningOf = (ids: readonly string[]) =>
    ledger.read((db) =>
      filterInOrder(ids, async (id) => (await fleetById(db, id))?.status === "running"),
    )
  const standing = async (id: string, isEnd: boolean) =>
    tell.standing(await results.status(mesh.person, id), isEnd)
  for (const id of fleetIds) await standing(id, false)
  let running = await runningOf(fleetIds)
  if (running.length === 0) return
  const look = async () => {
    const still = await runningOf(running)
    const page = await ledger.read((db) => history.page(db, seen))
    seen = page.cursor
    for (const event of page.items)
      if (running.includes(event.fleetId ?? "")) tell.event(event, fleetIds.length > 1)
    // What is told of a fleet ends with its end, which may be on the next page.
    if (page.hasMore) return undefined
    for (const id of running) if (!still.includes(id)) await standing(id, true)
    running = still
    return running.length === 0 ? true : undefined
  }
  await untilInterrupted(changes, terminal.interrupted, look)
  if (terminal.interrupted.aborted) for (const id of running) await standing(id, true)
}

export const textTeller = (terminal: Terminal, now: () => number): Teller => ({
  standing(status: FleetStatus, isEnd) {
    if (isEnd) print(terminal, "")
    terminal.paint(renderStanding(status, now()))
  },
  event: (event, withFleet) => print(terminal, renderEvent(event, { withFleet })),
})

export const jsonTeller = (terminal: Terminal): Teller => ({
  standing: (status) => printJson(terminal, watchOutputs.line, { kind: "status", ...status }),
  event: (event) => printJson(terminal, watchOutputs.line, { kind: "event", ...eventJson(event) }),
})
