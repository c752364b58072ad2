import type { Query } from "../ledger/port.ts"
import { briefTasksOfFleet } from "../ledger/tables/board/tasks.ts"
import { cut } from "../prompts.ts"
import { listTask } from "../tasks/show-task.ts"
import { hasPassed } from "../tasks/task.ts"
import type { TaskShown } from "./shown.ts"

const longestNote = 240

/** The board of a fleet, in the order in which it was written; none without one. */
export const shownTasks = async (
  db: Query,
  fleetId: string,
  nameOf: (agentId: string) => string,
): Promise<TaskShown[]> => {
  const board = await briefTasksOfFleet(db, fleetId)
  return board.map((task) => {
    const { waits_for = [], proof = null } = listTask(task, board, nameOf)
    return {
      fleetId,
      number: task.number,
      title: task.title,
      state: task.state,
      owner: task.owner === null ? null : nameOf(task.owner),
      waitsFor: waits_for,
      proof,
      hasFailedCheck: task.state !== "done" && task.checked !== null && !hasPassed(task.checked),
      note: task.notes === null ? null : cut(task.notes.split("\n").at(-1)!, longestNote),
      changedAt: task.changed_at,
    }
  })
}
