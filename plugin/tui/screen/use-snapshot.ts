import { batch, createSignal, onCleanup } from "solid-js"
import type { View } from "../mesh/open-view.ts"
import { createPace, type Pace } from "../view/pace.ts"
import type { Snapshot } from "../view/snapshot.ts"

/** Ages are told in seconds. */
const tickMs = 1000

interface Beside {
  sessionId: () => string
  /**
   * How often that is shown which can wait. Reading all of it takes 2 ms, but what that leaves behind
   * costs OpenCode's large heap 25 more; and it draws its whole screen, 40 ms, for one character.
   */
  pace: Pace
}

/**
 * What the ledger holds, for as long as the component that asks is on the screen: all fleets of the
 * project at each change, or those beside a session, where what is urgent comes at once.
 */
export const useSnapshot = (view: View, beside?: Beside) => {
  const [snapshot, setSnapshot] = createSignal<Snapshot>({
    at: view.now(),
    fleets: [],
    questions: [],
  })
  const [now, setNow] = createSignal(view.now())
  const [fault, setFault] = createSignal<unknown>()
  const draw = (found: Snapshot) =>
    batch(() => {
      setNow(view.now())
      setSnapshot(found)
      setFault(undefined)
    })
  const look = beside ? lookBeside(view, beside, draw) : async () => draw(await view.snapshot())
  const stop = view.refresher.watch(async () => {
    try {
      await look()
    } catch (error) {
      setFault(error)
      throw error
    }
  })
  const tick = () => {
    // What was just drawn needs none.
    if (view.now() - now() < tickMs / 2) return
    if (snapshot().fleets.some(({ fleet }) => fleet.status === "running")) setNow(view.now())
  }
  // Beside a session the looks that come anyway are enough for ages.
  const timer = beside ? undefined : setInterval(tick, tickMs)
  onCleanup(() => {
    stop()
    clearInterval(timer)
  })
  return { snapshot, now, fault }
}

const lookBeside = (
  view: View,
  { sessionId, pace: of }: Beside,
  draw: (found: Snapshot) => void,
) => {
  const pace = createPace(of, view.now)
  let drawn: string | undefined
  return async () => {
    const urgency = await view.urgency(sessionId())
    if (!pace.take() && urgency === drawn) return
    draw(await view.snapshot(sessionId()))
    drawn = urgency
  }
}
