import { fleetsOfProject } from "../../mesh/ledger/tables/fleets.ts"
import { mapInOrder } from "../../mesh/model/in-order.ts"
import type { Mesh } from "../mesh/open-mesh.ts"
import type { FleetStatus } from "../render/render-fleet.ts"
import type { Screen } from "../terminal/screen.ts"
import { coalesce } from "./coalesce.ts"
import { chosenOf, pressChoice, renderChoice } from "./render-choice.ts"

/** More fleets than a person runs at once, and each look reads all of them. */
const mostFleets = 30
const frameMs = 400
const tickMs = 1000

export interface ChooseOptions {
  now: () => number
  interrupted: AbortSignal
  takesFirst: boolean
}

/**
 * Not one fleet runs, and none was named: answers the one a person chooses, undefined if they leave. Where
 * none runs yet, the first is theirs without a key.
 */
export const chooseFleet = async (
  { meshProcess, person, project }: Mesh,
  screen: Screen,
  { now, interrupted, takesFirst }: ChooseOptions,
): Promise<string | undefined> => {
  const { ledger, changes, results } = meshProcess
  const chosen = Promise.withResolvers<string | undefined>()
  let fleets: FleetStatus[] = []
  let selected: string | undefined
  const draw = () => {
    const size = { columns: screen.columns(), rows: screen.rows() }
    screen.draw(renderChoice(fleets, selected, size, now()))
  }
  const refresh = coalesce(frameMs, async () => {
    const running = await ledger.read((db) => fleetsOfProject(db, project, "running", mostFleets))
    fleets = await mapInOrder(running, ({ id }) => results.glance(person, id))
    if (takesFirst && fleets[0]) return chosen.resolve(fleets[0].fleet.fleet_id)
    draw()
  })
  const endings = [
    screen.onKey((key) => {
      const pressed = pressChoice(fleets, selected, key, now())
      selected = pressed.selected
      if (pressed.act === "leave") return chosen.resolve(undefined)
      if (pressed.act === "open") return chosen.resolve(chosenOf(fleets, selected, now()))
      draw()
    }),
    screen.onResize(draw),
    changes.subscribe(() => refresh.ask()),
  ]
  const timer = setInterval(() => refresh.ask(), tickMs)
  const leave = () => chosen.resolve(undefined)
  interrupted.addEventListener("abort", leave, { once: true })
  if (interrupted.aborted) leave()
  try {
    refresh.ask()
    return await chosen.promise
  } finally {
    clearInterval(timer)
    interrupted.removeEventListener("abort", leave)
    for (const end of endings) end()
    await refresh.close()
  }
}
