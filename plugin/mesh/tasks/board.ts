import { filterInOrder } from "../model/in-order.ts"
import { type FailureCode, isEnded } from "../model/agent.ts"
import { agentsOfFleet } from "../ledger/tables/agents.ts"
import {
  hasTasks,
  moveTask,
  offersOfFleet,
  recordOffer,
  type TaskRow,
  tasksOfFleet,
} from "../ledger/tables/board/tasks.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import { hasWakingMail } from "../ledger/tables/messages.ts"
import type { Query, Tx } from "../ledger/port.ts"
import type { AgentRow } from "../ledger/tables/rows.ts"
import { notifyAgent } from "../mail/notices.ts"
import { heldTaskText, openTasksText } from "../prompts.ts"
import { planOffers } from "./offers.ts"

/** A claim ends before its work is done: the task is open again, with all that was noted. */
export const giveBack = async (tx: Tx, task: TaskRow, cause: string): Promise<boolean> => {
  const { owner, fleet_id, number, claims } = task
  const to = { state: "open", owner: null, left_by: owner, proof: null } as const
  if (owner === null || !(await moveTask(tx, task, to))) return false
  // Whoever let it go is not asked to take it up again.
  await recordOffer(tx, task, owner)
  await appendEvent(tx, {
    type: "task.given_back",
    fleetId: fleet_id,
    agentId: owner,
    data: { task: number, claim: claims, cause },
  })
  return true
}

/**
 * After an agent has ended, or the board has changed: claims of the dead are given back, and agents whose
 * turn is over are told, once, of what they could do. Cheap for a fleet without a board.
 */
export const tendBoard = async (
  tx: Tx,
  fleetId: string,
  /** Why an agent has just ended; what somebody or a limit has stopped goes on with nobody else. */
  ended?: FailureCode,
): Promise<void> => {
  if (!(await hasTasks(tx, fleetId))) return
  const agents = await agentsOfFleet(tx, fleetId)
  const waking = await aboutToWake(tx, agents)
  const rests = agents.every(({ id, status }) => isEnded(status) && !waking.has(id))
  const told = new Set(
    (await offersOfFleet(tx, fleetId)).map(
      ({ number, claims, agent_id }) => `${number}:${claims}:${agent_id}`,
    ),
  )
  for (const task of await tasksOfFleet(tx, fleetId)) {
    if (task.state !== "claimed") continue
    const owner = agents.find(({ id }) => id === task.owner)
    if (owner?.status === "failed" || owner?.status === "cancelled")
      await giveBack(tx, task, `${owner.name} has ended: ${owner.status}`)
    // Nobody is at work who could give its owner what it waits for.
    else if (rests && told.has(`${task.number}:${task.claims}:${task.owner}`))
      await giveBack(tx, task, "every agent's turn is over")
  }
  if (ended === undefined || !stopped.includes(ended)) await offer(tx, fleetId, agents, waking)
}

const stopped: readonly FailureCode[] = ["CANCELLED", "KILLED", "TIMEOUT", "BUDGET"]

const offer = async (
  tx: Tx,
  fleetId: string,
  agents: readonly AgentRow[],
  waking: ReadonlySet<string>,
) => {
  const board = await tasksOfFleet(tx, fleetId)
  const offers = await offersOfFleet(tx, fleetId)
  for (const { agent, open, held } of planOffers(board, agents, offers, waking)) {
    const tasks = held ? [held] : open
    for (const task of tasks) await recordOffer(tx, task, agent.id)
    await appendEvent(tx, {
      type: "task.offered",
      fleetId,
      agentId: agent.id,
      data: { tasks: tasks.map(({ number }) => number) },
    })
    await notifyAgent(tx, agent, held ? heldTaskText(held) : openTasksText(open), { wakes: true })
  }
}

const aboutToWake = async (db: Query, agents: readonly AgentRow[]): Promise<Set<string>> => {
  const rested = agents.filter(({ status }) => status === "complete" || status === "failed")
  return new Set((await filterInOrder(rested, ({ id }) => hasWakingMail(db, id))).map((a) => a.id))
}
