import { isoTime } from "../model/limits/numbers.ts"
import type { BriefTask, CheckResult, TaskRow } from "../ledger/tables/board/tasks.ts"
import { excerptOf } from "./excerpt.ts"
import { waitsFor } from "./task.ts"

/** Read often, so a task says no more than what is not as usual. */
export const listTask = (
  task: BriefTask,
  board: readonly BriefTask[],
  nameOf: (agentId: string) => string,
) => {
  const waits = task.state === "open" ? waitsFor(task, board) : []
  return {
    task_id: task.number,
    title: task.title,
    state: task.state,
    ...(task.owner !== null && { owner: nameOf(task.owner) }),
    ...(waits.length > 0 && { waits_for: waits }),
    ...(task.state === "done" && task.proof !== null && { proof: task.proof }),
  }
}

/** All there is of a task, for whoever does it. */
export const showTask = (
  task: TaskRow,
  board: readonly TaskRow[],
  nameOf: (agentId: string) => string,
) => ({
  ...listTask(task, board, nameOf),
  ...(task.description !== null && { description: task.description }),
  ...(task.check_command !== null && { check: task.check_command }),
  ...(task.notes !== null && { notes: task.notes }),
  ...(task.checked !== null && { checked: shownCheck(JSON.parse(task.checked) as CheckResult) }),
  ...(task.claims > 1 && { claims: task.claims }),
  changed_at: isoTime(task.changed_at),
})

/** As much of what a check printed as an agent reads to know why it failed. */
const mostShown = 2000

export const shownCheck = ({ passed, exit, output, duration_ms }: CheckResult) => ({
  passed,
  exit,
  ...(!passed && output !== "" && { output: excerptOf(output, mostShown) }),
  duration_ms,
})
