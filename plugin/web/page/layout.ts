/** Where a node of the mesh stands, and on which side its name. */
export interface Place {
  x: number
  y: number
  side: "left" | "right" | "below"
  /** How much room its name has. */
  room: number
}

export interface Box {
  x: number
  y: number
  width: number
  height: number
}

/** Up to so many agents stand in a ring; more in two rows, in which no name meets another. */
const mostInRing = 10
const rowHeight = 15
export const leastHeight = 240

export const heightFor = (agents: number): number =>
  agents <= mostInRing
    ? leastHeight + Math.max(0, agents - 3) * 14
    : Math.max(leastHeight, Math.ceil(agents / 2) * rowHeight + 40)

/** The agents of a fleet around their lead. The same numbers give the same picture. */
export const placesIn = (box: Box, agents: number): { lead: Place; agents: Place[] } => {
  const x = box.x + box.width / 2
  const y = box.y + box.height / 2
  const lead: Place = { x, y, side: "below", room: 150 }
  return { lead, agents: agents <= mostInRing ? ring(box, agents) : rows(box, agents) }
}

const ring = (box: Box, agents: number): Place[] => {
  const x = box.x + box.width / 2
  const y = box.y + box.height / 2
  const rx = Math.max(50, Math.min(box.width / 2 - 105, 210))
  const ry = Math.max(60, box.height / 2 - 40)
  return Array.from({ length: agents }, (_, index) => {
    // Begins at the top left, so that two stand beside each other.
    const angle = -Math.PI / 2 + ((index + 0.5) / agents) * 2 * Math.PI
    const px = x + Math.cos(angle) * rx
    const isRight = Math.cos(angle) >= -0.001
    return {
      x: px,
      y: y + Math.sin(angle) * ry,
      side: isRight ? "right" : "left",
      room: Math.max(40, (isRight ? box.x + box.width - px : px - box.x) - 16),
    }
  })
}

const rows = (box: Box, agents: number): Place[] => {
  const onLeft = Math.ceil(agents / 2)
  const label = Math.min(130, box.width * 0.26)
  const bend = Math.min(70, box.width * 0.1)
  return Array.from({ length: agents }, (_, index) => {
    const isLeft = index < onLeft
    const place = isLeft ? index : index - onLeft
    const many = isLeft ? onLeft : agents - onLeft
    const share = many === 1 ? 0.5 : place / (many - 1)
    // Two arcs that open towards the middle.
    const inward = bend * (1 - Math.sin(share * Math.PI))
    const edge = label + inward
    return {
      x: isLeft ? box.x + edge : box.x + box.width - edge,
      y: box.y + 20 + share * (box.height - 40),
      side: isLeft ? "left" : "right",
      room: edge - 12,
    }
  })
}

/** One box for each fleet, beside each other where there is room. */
export const boxesFor = (width: number, height: number, fleets: number): Box[] => {
  const columns = fleets === 1 || width < 560 ? 1 : 2
  const lines = Math.ceil(fleets / columns)
  return Array.from({ length: fleets }, (_, index) => ({
    x: ((index % columns) * width) / columns,
    y: (Math.floor(index / columns) * height) / lines,
    width: width / columns,
    height: height / lines,
  }))
}

export const canvasHeight = (width: number, fleets: readonly number[]): number => {
  const columns = fleets.length <= 1 || width < 560 ? 1 : 2
  const lines = Math.max(1, Math.ceil(fleets.length / columns))
  return lines * Math.max(leastHeight, ...fleets.map(heightFor))
}
