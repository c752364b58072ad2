import { expect, test } from "bun:test"
import { dependenciesAmong, inMergeOrder } from "../../../plugin/mesh/merging/merge-order.ts"

const agents = [
  { id: "a", ended_at: 3 },
  { id: "b", ended_at: 1 },
  { id: "c", ended_at: null },
  { id: "d", ended_at: 2 },
]
const order = (dependencies: Record<string, string[]>, isGiven = false) =>
  inMergeOrder(agents, new Map(Object.entries(dependencies)), isGiven)
    .map(({ id }) => id)
    .join("")

test("whoever ended first comes first, and whoever has not, last", () => {
  expect(order({})).toBe("bdac")
})

test("an order that is given is kept", () => {
  expect(order({}, true)).toBe("abcd")
})

test("nobody comes before those it depends on, in either order", () => {
  expect(order({ b: ["a"], d: ["c"] })).toBe("abcd")
  expect(order({ a: ["d"] }, true)).toBe("dabc")
  expect(order({ a: ["not in this merge"] }, true)).toBe("abcd")
})

test("a circle of dependencies loses nobody", () => {
  expect(
    order({ a: ["b"], b: ["c"], c: ["a"] })
      .split("")
      .toSorted()
      .join(""),
  ).toBe("abcd")
})

test("a board says whose work comes before whose", () => {
  const task = (number: number, owner: string | null, ...needs: number[]) => ({
    ...{ number, owner, needs: JSON.stringify(needs) },
  })
  const board = [
    task(1, "a"),
    task(2, "b", 1),
    task(3, "b", 2),
    task(4, "c", 2, 1),
    task(5, null, 1),
  ]
  expect(Object.fromEntries(dependenciesAmong(board))).toEqual({ a: [], b: ["a"], c: ["b", "a"] })
})
