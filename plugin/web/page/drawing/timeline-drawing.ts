import type { AgentShown, Happening } from "../../../mesh/views/shown.ts"
import { line } from "../format.ts"
import type { Lane, Segment } from "../lanes.ts"
import { leadOf, nodeOf, senderOf } from "../state.ts"
import { colours } from "../theme.ts"
import { kindColour, stateColour } from "./mesh-drawing.ts"
import { createSurface, fitted, font } from "./surface.ts"

export interface Window {
  from: number
  to: number
}

export const laneHeight = 22
export const axisHeight = 26

const segmentColour: Record<Segment["kind"], string> = {
  queued: "off",
  starting: "off",
  running: "run",
  retry: "fail",
  person: "wait",
  mail: "edge",
  stalled: "stall",
}

/** One lane an agent, as far as they are scrolled into view. */
export const createTimelineDrawing = (canvas: HTMLCanvasElement) => {
  const surface = createSurface(canvas)
  let colour = colours()

  const drawAxis = (window: Window, gutter: number) => {
    const { context } = surface
    const { width, height } = surface.size()
    const step = stepFor(window.to - window.from, width - gutter)
    context.font = font(11)
    context.textBaseline = "middle"
    context.textAlign = "center"
    for (let at = Math.ceil(window.from / step) * step; at <= window.to; at += step) {
      const x = gutter + ((at - window.from) / (window.to - window.from)) * (width - gutter)
      context.fillStyle = colour("line")
      context.fillRect(Math.round(x), axisHeight, 1, height)
      if (x < gutter + 26 || x > width - 26) continue
      context.fillStyle = colour("muted")
      context.fillText(timeText(at, step), x, axisHeight / 2)
    }
  }

  return {
    recolour() {
      colour = colours()
    },
    draw(
      lanes: readonly Lane[],
      agents: ReadonlyMap<string, AgentShown>,
      happenings: readonly Happening[],
      view: {
        window: Window
        now: number
        width: number
        height: number
        scroll: number
        gutter: number
        isFound: (id: string) => boolean
        chosen: string | undefined
      },
    ) {
      const { window, now, width, height, scroll, gutter } = view
      surface.resize(width, height)
      surface.clear(colour("panel"))
      const { context } = surface
      const span = window.to - window.from
      const xOf = (at: number) => gutter + ((at - window.from) / span) * (width - gutter)
      const clip = (x: number) => Math.min(width, Math.max(gutter, x))
      drawAxis(window, gutter)
      const rowOf = new Map(lanes.map(({ id }, index) => [id, index]))
      const yOf = (row: number) => axisHeight + row * laneHeight + laneHeight / 2 - scroll
      context.save()
      context.beginPath()
      context.rect(0, axisHeight, width, height - axisHeight)
      context.clip()
      const bar = (segment: Segment, y: number, thickness: number) => {
        const x = clip(xOf(segment.from))
        const end = clip(xOf(segment.to ?? Math.max(now, segment.from)))
        if (end <= gutter || x >= width) return
        context.fillRect(x, y - thickness / 2, Math.max(1.5, end - x), thickness)
      }
      for (const [row, lane] of lanes.entries()) {
        const y = yOf(row)
        if (y < axisHeight - laneHeight || y > height + laneHeight) continue
        const fade = view.isFound(lane.id) ? 1 : 0.25
        if (lane.id === view.chosen) {
          context.fillStyle = colour("hover")
          context.fillRect(0, y - laneHeight / 2, width, laneHeight)
        }
        context.fillStyle = colour("line")
        context.fillRect(gutter, Math.round(y), width - gutter, 1)
        for (const segment of lane.base) {
          const isFaint = segment.kind !== "running"
          context.globalAlpha = fade * (segment.kind === "retry" ? 0.45 : isFaint ? 0.3 : 0.55)
          context.fillStyle = colour(segmentColour[segment.kind])
          bar(segment, y, isFaint ? 4 : 8)
        }
        for (const segment of lane.over) {
          context.globalAlpha = fade
          context.fillStyle = colour(
            segment.kind === "mail" ? "panel" : segmentColour[segment.kind],
          )
          bar(segment, y, segment.kind === "mail" ? 5 : 8)
        }
        for (const { at, kind } of lane.marks) {
          const x = xOf(at)
          if (x < gutter || x > width) continue
          context.globalAlpha = fade
          context.fillStyle = colour(kind === "attempt" ? "fail" : stateColour(kind))
          context.beginPath()
          if (kind === "attempt") context.rect(x - 1, y - 8, 2, 16)
          else context.arc(x, y, 4, 0, 2 * Math.PI)
          context.fill()
        }
        context.globalAlpha = 1
      }
      drawArrows(happenings, { ...view, rowOf, yOf, xOf })
      context.restore()
      drawNames(lanes, agents, { ...view, yOf })
      const nowX = xOf(now)
      if (nowX > gutter && nowX < width) {
        context.fillStyle = colour("accent")
        context.globalAlpha = 0.6
        context.fillRect(Math.round(nowX), axisHeight - 4, 1, height)
        context.globalAlpha = 1
      }
    },
  }

  function drawArrows(
    happenings: readonly Happening[],
    view: {
      window: Window
      height: number
      rowOf: ReadonlyMap<string, number>
      yOf: (row: number) => number
      xOf: (at: number) => number
      chosen: string | undefined
    },
  ) {
    const { context } = surface
    const { window, rowOf, yOf, xOf } = view
    const paths = new Map<string, Path2D>()
    let many = 0
    for (let index = happenings.length - 1; index >= 0; index--) {
      const each = happenings[index]!
      if (each.at < window.from) break
      if (each.type !== "message.sent" || each.at > window.to || ++many > mostArrows) continue
      const from = rowOf.get(senderOf(each))
      if (from === undefined) continue
      const tint = kindColour(each.kind)
      const path = paths.get(tint) ?? new Path2D()
      paths.set(tint, path)
      const x = xOf(each.at)
      for (const recipient of each.to) {
        const to = rowOf.get(nodeOf(recipient, each.fleetId))
        if (to === undefined || to === from) continue
        const [y1, y2] = [yOf(from), yOf(to)]
        if (Math.max(y1, y2) < axisHeight || Math.min(y1, y2) > view.height) continue
        const down = y2 > y1 ? 1 : -1
        path.moveTo(x, y1)
        path.lineTo(x, y2 - down * 2)
        path.moveTo(x - 3, y2 - down * 6)
        path.lineTo(x, y2 - down * 2)
        path.lineTo(x + 3, y2 - down * 6)
      }
    }
    context.lineWidth = 1.2
    context.globalAlpha = many > 300 ? 0.25 : many > 80 ? 0.5 : 0.85
    for (const [tint, path] of paths) {
      context.strokeStyle = colour(tint)
      context.stroke(path)
    }
    context.globalAlpha = 1
  }

  function drawNames(
    lanes: readonly Lane[],
    agents: ReadonlyMap<string, AgentShown>,
    view: {
      gutter: number
      height: number
      chosen: string | undefined
      isFound: (id: string) => boolean
      yOf: (row: number) => number
    },
  ) {
    const { context } = surface
    context.textAlign = "left"
    context.textBaseline = "middle"
    for (const [row, lane] of lanes.entries()) {
      const y = view.yOf(row)
      if (y < axisHeight + 4 || y > view.height + laneHeight) continue
      const agent = agents.get(lane.id)
      context.globalAlpha = view.isFound(lane.id) ? 1 : 0.35
      context.fillStyle = colour(agent ? stateColour(agent.state) : "ink")
      context.beginPath()
      context.arc(7, y, 3.5, 0, 2 * Math.PI)
      context.fill()
      context.font = font(12, lane.id === view.chosen ? 600 : 400)
      context.fillStyle = colour("ink")
      context.fillText(fitted(context, line(lane.name), view.gutter - 26), 16, y + 0.5)
    }
    context.globalAlpha = 1
  }
}

/** Beyond that they are a surface. */
const mostArrows = 700

export const leadLane = (fleetId: string, name: string): Lane => ({
  id: leadOf(fleetId),
  name,
  base: [],
  over: [],
  marks: [],
})

const steps = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400,
]

/** Some 90 pixels between two times. */
const stepFor = (span: number, width: number) => {
  const wanted = (span / Math.max(1, width)) * 90
  return (steps.find((each) => each * 1000 >= wanted) ?? 86_400) * 1000
}

const timeText = (at: number, step: number) => {
  const date = new Date(at)
  const two = (n: number) => String(n).padStart(2, "0")
  const minutes = `${two(date.getHours())}:${two(date.getMinutes())}`
  if (step >= 86_400_000) return `${date.getDate()}.${date.getMonth() + 1}.`
  return step >= 60_000 ? minutes : `${minutes}:${two(date.getSeconds())}`
}
