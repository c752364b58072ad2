import type { Tx } from "../ledger/port.ts"
import {
  moveTask,
  recordOffer,
  type TaskRow,
  type TaskState,
} from "../ledger/tables/board/tasks.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import { notifyAgent, notifyLead } from "../mail/notices.ts"
import type { Caller } from "../model/caller.ts"
import { cut, inQuotes } from "../prompts.ts"
import { giveBack, tendBoard } from "./board.ts"
import { type Hand, proofOf } from "./task.ts"

/** What `update_task` makes of a task, with its event and what follows for everybody else. */
export const moveByHand = async (
  tx: Tx,
  caller: Caller,
  hand: Hand,
  task: TaskRow,
  state: Exclude<TaskState, "claimed">,
) => {
  const { fleet_id, number, owner } = task
  if (state === "open" && task.state === "claimed") {
    await giveBack(tx, task, hand === "owner" ? "its owner gave it back" : "its lead took it back")
  } else {
    const isKept = state === "done" || state === "review"
    const proof = state === "done" ? proofOf(hand, task) : null
    const to = {
      state,
      owner: isKept ? owner : null,
      left_by: isKept ? task.left_by : owner,
      proof,
    }
    await moveTask(tx, task, to)
    // What was sent back may be offered to whoever did it; what it called blocked is not.
    if (owner !== null && state === "blocked") await recordOffer(tx, task, owner)
    await appendEvent(tx, {
      type: "task.moved",
      fleetId: fleet_id,
      agentId: caller.member?.agentId ?? null,
      data: { task: number, from: task.state, to: state, ...(proof && { proof }) },
    })
  }
  await tell(tx, hand, task, state)
  await tendBoard(tx, fleet_id)
}

/** Who has to know, and does not: the lead of what waits for it, an owner of what is taken from it. */
const tell = async (tx: Tx, hand: Hand, task: TaskRow, state: TaskState) => {
  const named = `Task ${task.number} ${inQuotes(cut(task.title, 80))} of ${task.fleet_id}`
  if (hand !== "lead" && (state === "review" || state === "blocked"))
    await notifyLead(
      tx,
      task.fleet_id,
      `${named} is ${state === "review" ? "in review: look at it, then update_task to done or open" : "blocked: list_tasks with its task_id says why, update_task opens it again"}.`,
      state === "blocked" ? "request" : "news",
    )
  if (hand !== "owner" && task.owner !== null && task.state !== "done")
    await notifyAgent(
      tx,
      { id: task.owner, fleet_id: task.fleet_id },
      `${named} is ${state} now, and no longer in your hands.`,
    )
}
