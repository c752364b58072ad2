import type { Happening } from "../../../mesh/views/shown.ts"
import type { Place } from "../layout.ts"
import { nodeOf, senderOf } from "../state.ts"
import { along } from "./bend.ts"
import { kindColour } from "./mesh-drawing.ts"

const travelMs = 900
/** Beyond that it is a cloud in which nobody follows one. */
const mostTravelling = 90
/** Thirty pictures a second, and all that travels moves in the same ones. */
const steps = 27
const stepMs = travelMs / steps
/** Straight between two keyframes: nine of them make the bend, and a browser reads each one. */
const stepsPerKeyframe = 3
/** Messages that the page was told of together set out one after the other, within this time. */
const batchSteps = 10
/** All of a batch have arrived by then. */
const arrivedMs = travelMs + batchSteps * stepMs
/** As long as an animation may last that is begun anew before it ends. */
const holdMs = 100 * arrivedMs

interface Dot {
  element: HTMLElement
  way: Animation
  /** On the document's timeline. */
  freeAt: number
}

/** Messages on their way, as dots above the mesh. */
export const createTravels = (
  moving: HTMLElement,
  placeOf: (node: string) => Place | undefined,
) => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)")
  const dots: Dot[] = []
  let resting: number | undefined

  /** One that has arrived, or a new one while they are no cloud. */
  const takeDot = (now: number): Dot | undefined => {
    const free = dots.find(({ freeAt }) => freeAt <= now)
    if (free || dots.length >= mostTravelling) return free
    const element = moving.appendChild(document.createElement("i"))
    const way = new Animation(new KeyframeEffect(element, [], holdMs))
    const dot: Dot = { element, way, freeAt: 0 }
    dots.push(dot)
    return dot
  }

  /**
   * Dots on their way, which the browser moves without asking the page for each picture. Each beginning
   * and end of an animation is work for the page, so those of one batch begin as one, and none ends
   * before all are at rest: a dot that has arrived is out of view until it is sent again.
   */
  const travel = (batch: readonly { keyframes: Keyframe[]; kind: string | null }[]) => {
    const now = Number(document.timeline.currentTime ?? 0)
    // With the picture before: a beginning that is still to come is one more for the page to make.
    const beginsAt = Math.floor(now / stepMs) * stepMs
    for (const { keyframes, kind } of batch) {
      const dot = takeDot(now)
      if (!dot) break
      dot.element.className = `k-${kindColour(kind)}`
      dot.freeAt = beginsAt + arrivedMs
      ;(dot.way.effect as KeyframeEffect).setKeyframes(keyframes)
      dot.way.startTime = beginsAt
    }
    clearTimeout(resting)
    resting = setTimeout(rest, arrivedMs + stepMs)
  }
  const rest = () => {
    for (const { element, way } of dots.splice(0)) {
      way.cancel()
      element.remove()
    }
  }

  return {
    /** Messages that were sent just now set out, one after the other as they were sent. */
    send(happenings: readonly Happening[]) {
      if (document.hidden || calm.matches) return
      const batch = []
      for (const [index, each] of happenings.entries()) {
        if (each.type !== "message.sent") continue
        const from = placeOf(senderOf(each))
        for (const recipient of each.to) {
          const to = placeOf(nodeOf(recipient, each.fleetId))
          if (!from || !to) continue
          const late = Math.floor((index / happenings.length) * batchSteps)
          batch.push({ keyframes: keyframesOf(from, to, late), kind: each.kind })
        }
      }
      if (batch.length > 0) travel(batch)
    },
    end() {
      clearTimeout(resting)
      rest()
    },
  }
}

/**
 * From one to the other, growing at first and shrinking at last, and out of view before and after. Size
 * and place are one transform: each property more costs something in every picture.
 */
const keyframesOf = (from: Place, to: Place, late: number): Keyframe[] => {
  const way = Array.from({ length: steps / stepsPerKeyframe + 1 }, (_, index): Keyframe => {
    const share = (index * stepsPerKeyframe) / steps
    const eased = share < 0.5 ? 2 * share * share : 1 - (2 - 2 * share) ** 2 / 2
    const [x, y] = along(from, to, eased)
    const size = Math.min(1, 0.3 + 3 * share, 0.3 + 3 * (1 - share))
    return {
      offset: ((late + index * stepsPerKeyframe) * stepMs) / holdMs,
      transform: `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px) scale(${size.toFixed(2)})`,
      easing: `steps(${stepsPerKeyframe})`,
    }
  })
  const away = { transform: "translate(-20px, 0) scale(1)", easing: "step-end" }
  return [
    { ...away, offset: 0 },
    ...way,
    { ...away, offset: way.at(-1)!.offset! },
    { ...away, offset: 1 },
  ]
}
