import type { CheckResult, TaskProof, TaskRow, TaskState } from "../ledger/tables/board/tasks.ts"

/** Who changes a task: its owner, the fleet's lead (or a person), or another agent of the fleet. */
export type Hand = "owner" | "lead" | "other"

/**
 * What each may make of a task. Nobody is made an owner: a task is claimed, by whoever does it.
 * Whoever has not done it may judge what is in review.
 */
const moves: Record<Hand, Partial<Record<TaskState, readonly TaskState[]>>> = {
  owner: { claimed: ["review", "done", "open", "blocked"] },
  other: { review: ["done", "open"] },
  lead: {
    open: ["done", "blocked", "cancelled"],
    claimed: ["done", "open", "blocked", "cancelled"],
    review: ["done", "open", "blocked", "cancelled"],
    blocked: ["open", "done", "cancelled"],
    done: ["open"],
    cancelled: ["open"],
  },
}

export const movesOf = (hand: Hand, from: TaskState): readonly TaskState[] =>
  moves[hand][from] ?? []

type Placed = Pick<TaskRow, "number" | "state" | "needs">

export const needsOf = ({ needs }: Pick<TaskRow, "needs">) => JSON.parse(needs) as number[]

/** What of the tasks it needs is not done yet. */
export const waitsFor = (task: Pick<TaskRow, "needs">, board: readonly Placed[]): number[] => {
  const done = doneOn(board)
  return needsOf(task).filter((number) => !done.has(number))
}

const known = new WeakMap<readonly Placed[], ReadonlySet<number>>()

/** Worked out once for a board as it was read: it is asked for with each of its tasks. */
const doneOn = (board: readonly Placed[]) => {
  const done =
    known.get(board) ??
    new Set(board.filter(({ state }) => state === "done").map(({ number }) => number))
  known.set(board, done)
  return done
}

export const isClaimable = (task: Placed, board: readonly Placed[]) =>
  task.state === "open" && waitsFor(task, board).length === 0

export const claimableOf = <T extends Placed>(board: readonly T[]): T[] =>
  board.filter((task) => isClaimable(task, board))

/** On whose word a task is done. */
export const proofOf = (
  hand: Hand,
  { state, checked }: Pick<TaskRow, "state" | "checked">,
): TaskProof => {
  if (hand === "owner") return hasPassed(checked) ? "check" : "word"
  if (state === "review") return "review"
  return "lead"
}

export const hasPassed = (checked: string | null) =>
  checked !== null && (JSON.parse(checked) as CheckResult).passed

const words: Record<Exclude<TaskState, "done">, string> = {
  claimed: "claimed",
  review: "in review",
  open: "open",
  blocked: "blocked",
  cancelled: "cancelled",
}

/** How a board stands, in one line: `2 of 5 done, 1 claimed, 2 open (1 waits)`. */
export const renderBoard = (board: readonly Placed[]): string => {
  const count = (state: TaskState) => board.filter((task) => task.state === state).length
  const parts = (Object.keys(words) as (keyof typeof words)[])
    .filter((state) => count(state) > 0)
    .map((state) => `${count(state)} ${words[state]}${state === "open" ? waiting(board) : ""}`)
  return [`${count("done")} of ${board.length} done`, ...parts].join(", ")
}

const waiting = (board: readonly Placed[]) => {
  const waits = board.filter((task) => task.state === "open" && !isClaimable(task, board)).length
  return waits === 0 ? "" : ` (${waits} ${waits === 1 ? "waits" : "wait"} for others)`
}

/** What is said of a task is kept up to here; the newest of it. */
export const mostNotes = 8000

export const withNote = (notes: string | null, who: string, note: string) => {
  const all = [notes, `${who}: ${note}`].filter(Boolean).join("\n")
  return all.length > mostNotes ? `…${all.slice(-mostNotes).replace(/^[\udc00-\udfff]/, "")}` : all
}
