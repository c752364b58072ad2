import { describe, expect, test } from "bun:test"
import type { TaskRow, TaskState } from "../../../plugin/mesh/ledger/tables/board/tasks.ts"
import {
  claimableOf,
  mostNotes,
  movesOf,
  renderBoard,
  waitsFor,
  withNote,
} from "../../../plugin/mesh/tasks/task.ts"

const task = (number: number, state: TaskState, needs: number[] = []) =>
  ({ number, state, needs: JSON.stringify(needs) }) as TaskRow

describe("a task can be claimed", () => {
  test("once all that it needs is done, and by nobody else before", () => {
    const board = [
      task(1, "done"),
      task(2, "claimed"),
      task(3, "open", [1]),
      task(4, "open", [1, 2]),
      task(5, "cancelled"),
      task(6, "open", [5]),
      task(7, "blocked"),
    ]
    expect(claimableOf(board).map(({ number }) => number)).toEqual([3])
    expect(waitsFor(board[3]!, board)).toEqual([2])
    expect(waitsFor(board[5]!, board)).toEqual([5])
  })
})

describe("a task is moved", () => {
  test("by its owner as far as its own work goes, and by nobody into other hands", () => {
    expect(movesOf("owner", "claimed")).toEqual(["review", "done", "open", "blocked"])
    expect(movesOf("owner", "review")).toEqual([])
    expect(movesOf("other", "claimed")).toEqual([])
    expect(movesOf("other", "review")).toEqual(["done", "open"])
    const states: TaskState[] = ["open", "claimed", "review", "done", "blocked", "cancelled"]
    for (const hand of ["owner", "other", "lead"] as const)
      for (const from of states) {
        expect(movesOf(hand, from)).not.toContain("claimed")
        expect(movesOf(hand, from)).not.toContain(from)
      }
  })
})

test("a board is one line", () => {
  expect(
    renderBoard([task(1, "done"), task(2, "claimed"), task(3, "open", [2]), task(4, "open")]),
  ).toBe("1 of 4 done, 1 claimed, 2 open (1 waits for others)")
  expect(renderBoard([task(1, "done")])).toBe("1 of 1 done")
})

test("notes keep their end", () => {
  const notes = withNote("n".repeat(mostNotes), "ada", "the newest")
  expect(notes).toEndWith("n\nada: the newest")
  expect(notes.length).toBeLessThanOrEqual(mostNotes + 1)
  expect(withNote(null, "ada", "first")).toBe("ada: first")
})
