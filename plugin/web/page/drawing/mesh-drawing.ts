import type { AgentShown, Happening } from "../../../mesh/views/shown.ts"
import { line } from "../format.ts"
import { boxesFor, canvasHeight, type Place, placesIn } from "../layout.ts"
import { leadOf, matches, nodeOf, senderOf, type State, talk } from "../state.ts"
import { colours } from "../theme.ts"
import { createSurface, fitted, font } from "./surface.ts"

const travelMs = 900
/** Beyond that it is a cloud in which nobody follows one. */
const mostTravelling = 90
/** Thirty pictures a second, and all that travels moves in the same ones. */
const steps = 27
const stepMs = travelMs / steps
/** Messages that the page was told of together set out one after the other, within this time. */
const batchSteps = 9
const batchMs = batchSteps * stepMs

interface Node {
  id: string
  place: Place
  agent: AgentShown | undefined
  label: string
}

export const kindColour = (kind: string | null) =>
  ({ question: "wait", alert: "fail", request_help: "stall", result: "done" })[kind ?? ""] ?? "run"

export const stateColour = (state: string) =>
  ({
    queued: "off",
    starting: "off",
    running: "run",
    waiting: "wait",
    stalled: "stall",
    interrupted: "wait",
    complete: "done",
    failed: "fail",
    cancelled: "off",
  })[state] ?? "off"

/** The mesh: who is there, who has talked to whom, and what is on its way. */
export const createMeshDrawing = (still: HTMLCanvasElement, moving: HTMLElement) => {
  const below = createSurface(still)
  const calm = matchMedia("(prefers-reduced-motion: reduce)")
  const rested: HTMLElement[] = []
  let travelling = 0
  let nodes = new Map<string, Node>()
  let colour = colours()

  const layOut = (state: State, agents: readonly AgentShown[], width: number) => {
    const fleets = state.shown.map((id) => ({
      id,
      agents: agents.filter(({ fleetId }) => fleetId === id),
    }))
    const height = canvasHeight(
      width,
      fleets.map(({ agents }) => agents.length),
    )
    below.resize(width, height)
    nodes = new Map()
    const boxes = boxesFor(width, height, Math.max(1, fleets.length))
    for (const [index, fleet] of fleets.entries()) {
      const places = placesIn(boxes[index]!, fleet.agents.length)
      const name = state.fleets.find(({ id }) => id === fleet.id)?.name ?? fleet.id
      const label = fleets.length > 1 ? line(name) : "lead"
      nodes.set(leadOf(fleet.id), {
        id: leadOf(fleet.id),
        place: places.lead,
        agent: undefined,
        label,
      })
      for (const [at, agent] of fleet.agents.entries())
        nodes.set(agent.id, {
          id: agent.id,
          place: places.agents[at]!,
          agent,
          label: line(agent.name),
        })
    }
  }

  const drawStill = (state: State, search: string, chosen: string | undefined) => {
    const { context } = below
    below.clear()
    const isCrowded = nodes.size > 24
    context.lineCap = "round"
    for (const { from, to, count } of talk(state.letters)) {
      const [a, b] = [nodes.get(from), nodes.get(to)]
      if (!a || !b) continue
      const isChosen = chosen !== undefined && (from === chosen || to === chosen)
      context.strokeStyle = colour(isChosen ? "accent" : "edge")
      context.globalAlpha = isChosen ? 0.8 : isCrowded ? 0.45 : 0.85
      context.lineWidth = Math.min(3, 0.7 + Math.log2(count) / 3)
      context.beginPath()
      trace(context, a.place, b.place)
      context.stroke()
    }
    context.globalAlpha = 1
    for (const node of nodes.values())
      drawNode(context, node, { search, isChosen: node.id === chosen, isCrowded })
  }

  const drawNode = (
    context: CanvasRenderingContext2D,
    { place, agent, label }: Node,
    { search, isChosen, isCrowded }: { search: string; isChosen: boolean; isCrowded: boolean },
  ) => {
    const isFound = !agent || matches(agent, search)
    context.globalAlpha = isFound ? 1 : 0.25
    const radius = agent ? (isCrowded ? 4 : 7) : 9
    const tint = colour(agent ? stateColour(agent.state) : "ink")
    const isHollow = agent && ["queued", "starting", "cancelled"].includes(agent.state)
    context.beginPath()
    context.arc(place.x, place.y, radius, 0, 2 * Math.PI)
    context.fillStyle = isHollow ? colour("panel") : tint
    context.fill()
    context.strokeStyle = isHollow ? tint : colour("panel")
    context.lineWidth = 2
    context.stroke()
    const needsLook = agent && ["waiting", "stalled", "failed"].includes(agent.state)
    if (needsLook || isChosen) {
      context.beginPath()
      context.arc(place.x, place.y, radius + 4, 0, 2 * Math.PI)
      context.strokeStyle = isChosen ? colour("accent") : tint
      context.lineWidth = 1.5
      context.stroke()
    }
    const size = isCrowded ? 11 : 12.5
    context.font = font(size, agent ? 400 : 600)
    context.fillStyle = colour(needsLook || !agent || isChosen ? "ink" : "muted")
    context.textBaseline = "middle"
    context.direction = "ltr"
    const text = fitted(context, label, place.room)
    const gap = radius + 7
    if (place.side === "below") {
      context.textAlign = "center"
      const width = context.measureText(text).width
      context.fillStyle = colour("panel")
      context.globalAlpha = 0.85
      context.fillRect(place.x - width / 2 - 4, place.y + gap + 1, width + 8, 16)
      context.globalAlpha = isFound ? 1 : 0.25
      context.fillStyle = colour("ink")
      context.fillText(text, place.x, place.y + gap + 9)
    } else {
      context.textAlign = place.side === "left" ? "right" : "left"
      context.fillText(text, place.x + (place.side === "left" ? -gap : gap), place.y + 0.5)
    }
    context.globalAlpha = 1
  }

  /**
   * Dots on their way, which the browser moves without asking the page for each picture. Those of one
   * batch begin and end as one: each beginning and end is a picture that the page has to make.
   */
  const travel = (batch: readonly { keyframes: Keyframe[]; kind: string | null }[]) => {
    const beginsAt = Math.ceil(Number(document.timeline.currentTime ?? 0) / stepMs) * stepMs
    const dots = batch.map(({ keyframes, kind }) => {
      const dot = rested.pop() ?? moving.appendChild(document.createElement("i"))
      dot.className = `k-${kindColour(kind)}`
      const way = dot.animate(keyframes, travelMs + batchMs)
      way.startTime = beginsAt
      return { dot, way }
    })
    travelling += dots.length
    dots.at(-1)!.way.onfinish = () => {
      travelling -= dots.length
      rested.push(...dots.map(({ dot }) => dot))
    }
  }

  return {
    draw(
      state: State,
      agents: readonly AgentShown[],
      view: { width: number; search: string; chosen: string | undefined },
    ) {
      layOut(state, agents, view.width)
      drawStill(state, view.search, view.chosen)
    },
    /** Messages that were sent just now set out, one after the other as they were sent. */
    send(happenings: readonly Happening[]) {
      if (document.hidden || calm.matches) return
      const batch = []
      for (const [index, each] of happenings.entries()) {
        if (each.type !== "message.sent") continue
        const from = nodes.get(senderOf(each))
        for (const recipient of each.to) {
          const to = nodes.get(nodeOf(recipient, each.fleetId))
          if (!from || !to || travelling + batch.length >= mostTravelling) continue
          const late = Math.floor((index / happenings.length) * batchSteps)
          batch.push({ keyframes: keyframesOf(from.place, to.place, late), kind: each.kind })
        }
      }
      if (batch.length > 0) travel(batch)
    },
    recolour() {
      colour = colours()
    },
    /** Whose node is at this point. */
    at(x: number, y: number): AgentShown | undefined {
      let best: Node | undefined
      let least = 16
      for (const node of nodes.values()) {
        const { place } = node
        const onLabel =
          Math.abs(place.y - y) < 7 &&
          (place.side === "left"
            ? x < place.x && x > place.x - place.room
            : x > place.x && x < place.x + place.room)
        const distance = Math.hypot(place.x - x, place.y - y)
        if (node.agent && (distance < least || (onLabel && least === 16))) {
          best = node
          if (distance < least) least = distance
        }
      }
      return best?.agent
    },
    end() {
      for (const dot of moving.children) for (const way of dot.getAnimations()) way.cancel()
    },
  }
}

const keyframesOf = (from: Place, to: Place, late: number): Keyframe[] =>
  Array.from({ length: steps + batchSteps + 1 }, (_, at) => {
    const share = Math.min(1, Math.max(0, (at - late) / steps))
    const eased = share < 0.5 ? 2 * share * share : 1 - (2 - 2 * share) ** 2 / 2
    const [x, y] = along(from, to, eased)
    const isUnderway = share > 0 && share < 1
    return {
      transform: `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`,
      opacity: isUnderway ? Math.min(1, 4 * share, 4 * (1 - share) + 0.2) : 0,
      easing: "step-end",
    }
  })

/** Bent towards the side, so that there and back are two lines. */
const bendOf = (from: Place, to: Place) => {
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  return { x: (from.x + to.x) / 2 - dy * 0.12, y: (from.y + to.y) / 2 + dx * 0.12 }
}

const trace = (context: CanvasRenderingContext2D, from: Place, to: Place) => {
  const bend = bendOf(from, to)
  context.moveTo(from.x, from.y)
  context.quadraticCurveTo(bend.x, bend.y, to.x, to.y)
}

const along = (from: Place, to: Place, share: number): [number, number] => {
  const bend = bendOf(from, to)
  const rest = 1 - share
  return [
    rest * rest * from.x + 2 * rest * share * bend.x + share * share * to.x,
    rest * rest * from.y + 2 * rest * share * bend.y + share * share * to.y,
  ]
}
