import type { AgentShown } from "../../../mesh/views/shown.ts"
import { line } from "../format.ts"
import { boxesFor, canvasHeight, type Place, placesIn } from "../layout.ts"
import { leadOf, matches, type State, talk } from "../state.ts"
import { colours } from "../theme.ts"
import { trace } from "./bend.ts"
import { createSurface, fitted, font } from "./surface.ts"

interface Line {
  from: string
  to: string
  strength: number
}

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

/** The mesh: who is there, and who has talked to whom. */
export const createMeshDrawing = (canvas: HTMLCanvasElement) => {
  const surface = createSurface(canvas)
  let nodes = new Map<string, Node>()
  let colour = colours()
  /** What the picture shows, as text. */
  let drawn = ""

  const layOut = (state: State, agents: readonly AgentShown[], width: number) => {
    const fleets = state.shown.map((id) => ({
      id,
      agents: agents.filter(({ fleetId }) => fleetId === id),
    }))
    const height = canvasHeight(
      width,
      fleets.map(({ agents }) => agents.length),
    )
    surface.resize(width, height)
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

  const drawStill = (lines: readonly Line[], search: string, chosen: string | undefined) => {
    const { context } = surface
    surface.clear(colour("panel"))
    const isCrowded = nodes.size > 24
    context.lineCap = "round"
    for (const { from, to, strength } of lines) {
      const [a, b] = [nodes.get(from), nodes.get(to)]
      if (!a || !b) continue
      const isChosen = chosen !== undefined && (from === chosen || to === chosen)
      context.strokeStyle = colour(isChosen ? "accent" : "edge")
      context.globalAlpha = isChosen ? 0.8 : isCrowded ? 0.45 : 0.85
      context.lineWidth = Math.min(3, 0.7 + strength / 3)
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

  return {
    draw(
      state: State,
      agents: readonly AgentShown[],
      view: { width: number; search: string; chosen: string | undefined },
    ) {
      const lines = talk(state.letters).map(
        // Only a line of twice as many is drawn thicker.
        ({ from, to, count }): Line => ({ from, to, strength: Math.round(Math.log2(count)) }),
      )
      const looks = agents.map((each) => [each.id, each.state, matches(each, view.search)])
      const picture = JSON.stringify([view, state.shown, looks, lines])
      if (picture === drawn) return
      drawn = picture
      layOut(state, agents, view.width)
      drawStill(lines, view.search, view.chosen)
    },
    recolour() {
      colour = colours()
      drawn = ""
    },
    placeOf: (node: string) => nodes.get(node)?.place,
    /** The agent whose node is at this point. */
    at(x: number, y: number): string | undefined {
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
      return best?.id
    },
  }
}
