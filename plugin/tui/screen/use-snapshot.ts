import { batch, createSignal, onCleanup } from "solid-js"
import type { View } from "../mesh/open-view.ts"
import type { Snapshot } from "../view/snapshot.ts"
import { urgencyOf } from "../view/urgency.ts"

/** Ages are told in seconds. */
const tickMs = 1000

interface SnapshotOptions {
  /** Those of this session; all of the project when absent. */
  sessionId?: () => string
  /**
   * What is not urgent is drawn once in so many ms. Whatever changes, OpenCode 1.18 draws its whole
   * screen: 35 to 40 ms of a core for one character.
   */
  calmMs?: number
}

/** What the ledger holds, for as long as the component that asks is on the screen. */
export const useSnapshot = (view: View, { sessionId, calmMs = 0 }: SnapshotOptions = {}) => {
  const [snapshot, setSnapshot] = createSignal<Snapshot>({
    at: view.now(),
    fleets: [],
    questions: [],
  })
  const [now, setNow] = createSignal(view.now())
  const [fault, setFault] = createSignal<unknown>()
  let drawnAt = -Infinity
  let drawn = ""
  let waiting: Snapshot | undefined
  const draw = (found: Snapshot) =>
    batch(() => {
      waiting = undefined
      drawnAt = view.now()
      drawn = urgencyOf(found)
      setNow(drawnAt)
      setSnapshot(found)
      setFault(undefined)
    })
  const isCalm = () => view.now() - drawnAt < calmMs
  const stop = view.refresher.watch(async () => {
    try {
      const found = await view.snapshot(sessionId?.())
      if (isCalm() && urgencyOf(found) === drawn) waiting = found
      else draw(found)
    } catch (error) {
      setFault(error)
      throw error
    }
  })
  const timer = setInterval(
    () => {
      if (isCalm()) return
      if (waiting) return draw(waiting)
      // What was just drawn needs no tick.
      if (view.now() - now() < tickMs / 2) return
      if (!snapshot().fleets.some(({ fleet }) => fleet.status === "running")) return
      drawnAt = view.now()
      setNow(drawnAt)
    },
    Math.min(tickMs, calmMs || tickMs),
  )
  onCleanup(() => {
    stop()
    clearInterval(timer)
  })
  return { snapshot, now, fault }
}
