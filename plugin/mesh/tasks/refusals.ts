import type { Query } from "../ledger/port.ts"
import { agentById } from "../ledger/tables/agents.ts"
import { type TaskRow, type TaskState, tasksOfFleet } from "../ledger/tables/board/tasks.ts"
import { isEnded } from "../model/agent.ts"
import type { Caller } from "../model/caller.ts"
import { MeshError } from "../model/errors.ts"
import { cut, inQuotes } from "../prompts.ts"
import { claimableOf, type Hand, movesOf, waitsFor } from "./task.ts"

export const requireTask = (
  board: readonly TaskRow[],
  fleetId: string,
  number: number,
): TaskRow => {
  const task = board.find((each) => each.number === number)
  if (task) return task
  if (board.length === 0)
    throw new MeshError(
      "UNKNOWN_TASK",
      `Fleet ${fleetId} has no board of tasks.`,
      "Its lead begins one with add_tasks.",
    )
  throw new MeshError(
    "UNKNOWN_TASK",
    `The board of ${fleetId} has no task ${number}; it has 1 to ${board.at(-1)!.number}.`,
    "list_tasks shows those there are.",
  )
}

/** An agent that has ended meanwhile, elsewhere, takes nothing; and nobody takes two. */
export const refuseHolder = async (
  db: Query,
  { agentId, fleetId }: NonNullable<Caller["member"]>,
) => {
  const agent = await agentById(db, agentId)
  if (!agent || isEnded(agent.status))
    throw new MeshError(
      "AGENT_ENDED",
      `Your turn is over (${agent?.status ?? "gone"}), so you can claim nothing.`,
      "Stop here; a message wakes you.",
    )
  const held = (await tasksOfFleet(db, fleetId)).find(
    ({ state, owner }) => state === "claimed" && owner === agentId,
  )
  if (held)
    throw new MeshError(
      "LIMIT_REACHED",
      `You have task ${held.number} ${inQuotes(cut(held.title, 80))}; an agent has one at a time.`,
      "Say with update_task how it stands: done, review, blocked, or open to give it back.",
    )
}

export const refuseTaken = (task: TaskRow, board: readonly TaskRow[]) => {
  if (claimableOf(board).includes(task)) return
  const waits = task.state === "open" ? waitsFor(task, board) : []
  const why =
    waits.length > 0
      ? `can be claimed once ${waits.join(", ")} ${waits.length === 1 ? "is" : "are"} done`
      : `is ${stateOf(task)}`
  if (claimableOf(board).length === 0)
    throw new MeshError(
      "TASK_NOT_FREE",
      `Task ${task.number} ${why}, and no other one can be claimed now.`,
      "End your turn with what you have; a message wakes you.",
    )
  throw new MeshError(
    "TASK_NOT_FREE",
    `Task ${task.number} ${why}.`,
    "Leave task_id out to get one that is open, or look with list_tasks.",
  )
}

const stateOf = ({ state, owner }: Pick<TaskRow, "state" | "owner">) =>
  owner === null ? state : `${state} by ${owner}`

const called: Record<Hand, string> = {
  owner: "its owner",
  lead: "its lead",
  other: "who does not have it",
}

export const refuseMove = (hand: Hand, task: TaskRow, to: TaskState) => {
  const allowed = movesOf(hand, task.state)
  if (allowed.includes(to)) return
  const instead = allowed.length > 0 ? `only ${allowed.join(", ")}` : "nothing else either"
  throw new MeshError(
    "NOT_ALLOWED",
    `Task ${task.number} is ${stateOf(task)}; ${called[hand]} cannot make it ${to}, ${instead}.`,
    "Claim a task before you change it, or leave state out and only note something.",
  )
}

/** What was decided over a task holds for that claim alone. */
export const refuseChanged = (before: TaskRow, now: TaskRow | undefined) => {
  if (now?.state === before.state && now.claims === before.claims) return
  throw new MeshError(
    "TASK_NOT_FREE",
    `Task ${before.number} has changed meanwhile: it is ${now ? stateOf(now) : "gone"}.`,
    "Look at it with list_tasks.",
  )
}
