import { batch, createSignal, onCleanup } from "solid-js"
import type { View } from "../mesh/open-view.ts"
import type { Snapshot } from "../view/snapshot.ts"

/** Ages are told in seconds. */
const tickMs = 1000

/** What the ledger holds, for as long as the component that asks is on the screen. */
export const useSnapshot = (view: View, sessionId?: () => string) => {
  const [snapshot, setSnapshot] = createSignal<Snapshot>({
    at: view.now(),
    fleets: [],
    questions: [],
  })
  const [now, setNow] = createSignal(view.now())
  const [fault, setFault] = createSignal<unknown>()
  const stop = view.refresher.watch(async () => {
    try {
      const found = await view.snapshot(sessionId?.())
      batch(() => {
        setNow(view.now())
        setSnapshot(found)
        setFault(undefined)
      })
    } catch (error) {
      setFault(error)
      throw error
    }
  })
  const timer = setInterval(() => {
    // What was just drawn needs no tick.
    if (view.now() - now() < tickMs / 2) return
    if (snapshot().fleets.some(({ fleet }) => fleet.status === "running")) setNow(view.now())
  }, tickMs)
  onCleanup(() => {
    stop()
    clearInterval(timer)
  })
  return { snapshot, now, fault }
}
