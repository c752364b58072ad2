import type { TaskRow } from "../../plugin/mesh/ledger/tables/board/tasks.ts"

export interface Told {
  task: number
  claim: number
  agent: string
}

export interface BoardEvent {
  type: string
  agent_id: string | null
  task: number
  claim?: number
  to?: string
}

/**
 * What of a board's history cannot be: a task in two hands, a claim that was told and is not there, a task
 * that is lost, or held by somebody who is dead.
 */
export const judgeBoard = (
  events: readonly BoardEvent[],
  told: readonly Told[],
  board: readonly TaskRow[],
  count: number,
  dead: ReadonlySet<string>,
): string[] => {
  const faults: string[] = []
  const held = new Map<number, { agent: string | null; claim: number }>()
  const made = new Set<string>()
  const claims = new Map<number, number>()
  for (const { type, agent_id, task, claim = 0, to } of events) {
    const holder = held.get(task)
    if (type === "task.claimed") {
      if (holder)
        faults.push(`task ${task} was claimed by ${agent_id} while ${holder.agent} had it`)
      if (claim !== (claims.get(task) ?? 0) + 1)
        faults.push(`claim ${claim} of task ${task} follows claim ${claims.get(task) ?? 0}`)
      claims.set(task, claim)
      held.set(task, { agent: agent_id, claim })
      made.add(keyOf({ task, claim, agent: agent_id! }))
    } else if (type === "task.given_back") {
      if (holder?.agent !== agent_id || holder?.claim !== claim)
        faults.push(`task ${task} was given back by ${agent_id}, and ${holder?.agent} had it`)
      held.delete(task)
    } else if (type === "task.moved") {
      if (holder?.agent !== agent_id)
        faults.push(`task ${task} became ${to} by ${agent_id}, and ${holder?.agent} had it`)
      held.delete(task)
    }
  }
  for (const each of told)
    if (!made.has(keyOf(each)))
      faults.push(`${each.agent} was told that it had task ${each.task}, and the history is not`)
  if (board.length !== count) faults.push(`${board.length} of ${count} tasks are there`)
  for (const { number, state, owner } of board) {
    if (state !== "done") faults.push(`task ${number} is ${state}`)
    if (state === "claimed" && dead.has(owner!)) faults.push(`dead ${owner} has task ${number}`)
  }
  return faults
}

const keyOf = ({ task, claim, agent }: Told) => `${task}:${claim}:${agent}`
