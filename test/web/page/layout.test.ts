import { expect, test } from "bun:test"
import { boxesFor, canvasHeight, placesIn } from "../../../plugin/web/page/layout.ts"

test.each([1, 2, 3, 7, 10, 11, 24, 64])(
  "%d agents stand inside, and no name meets another",
  (count) => {
    for (const width of [340, 560, 900]) {
      const height = canvasHeight(width, [count])
      const { agents } = placesIn({ x: 0, y: 0, width, height }, count)
      expect(agents.length).toBe(count)
      for (const { x, y, room } of agents) {
        const isInside = (at: number, length: number) => 0 < at && at < length
        expect(isInside(x, width)).toBe(true)
        expect(isInside(y, height)).toBe(true)
        expect(room).toBeGreaterThanOrEqual(40)
      }
      for (const [at, a] of agents.entries())
        for (const b of agents.slice(at + 1)) {
          const isApart =
            a.side !== b.side || Math.abs(a.y - b.y) >= 12 || Math.abs(a.x - b.x) >= 80
          expect([at, isApart]).toEqual([at, true])
        }
    }
  },
)

test("several fleets share the width where there is room", () => {
  expect(boxesFor(800, 600, 2).map(({ x, width }) => [x, width])).toEqual([
    [0, 400],
    [400, 400],
  ])
  expect(boxesFor(340, 600, 2).map(({ x, y }) => [x, y])).toEqual([
    [0, 0],
    [0, 300],
  ])
})
