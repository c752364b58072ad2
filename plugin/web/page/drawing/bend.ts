import type { Place } from "../layout.ts"

/** Bent towards the side, so that there and back are two lines. */
const bendOf = (from: Place, to: Place) => {
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  return { x: (from.x + to.x) / 2 - dy * 0.12, y: (from.y + to.y) / 2 + dx * 0.12 }
}

export const trace = (context: CanvasRenderingContext2D, from: Place, to: Place) => {
  const bend = bendOf(from, to)
  context.moveTo(from.x, from.y)
  context.quadraticCurveTo(bend.x, bend.y, to.x, to.y)
}

/** The point after this share of the way. */
export const along = (from: Place, to: Place, share: number): [number, number] => {
  const bend = bendOf(from, to)
  const rest = 1 - share
  return [
    rest * rest * from.x + 2 * rest * share * bend.x + share * share * to.x,
    rest * rest * from.y + 2 * rest * share * bend.y + share * share * to.y,
  ]
}
