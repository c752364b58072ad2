import type { Tx } from "../ledger/port.ts"
import { insertTask, tasksOfFleet } from "../ledger/tables/board/tasks.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import type { Rights } from "../model/caller.ts"
import { MeshError } from "../model/errors.ts"
import { parseCheck, type Step } from "./check-command.ts"

export interface TaskDraft {
  title: string
  description?: string | undefined
  /** Numbers or titles of tasks that have to be done before. */
  after?: (string | number)[] | undefined
  /** The acceptance command. */
  check?: string | undefined
}

/** More than a team can keep in mind; a longer list belongs in a file. */
export const mostTasks = 500

/** The commands of an acceptance command; INVALID_ARGUMENT says what of it cannot be run. */
export const stepsOf = (check: string, where = "check"): readonly Step[] => {
  const parsed = parseCheck(check)
  if ("steps" in parsed) return parsed.steps
  throw new MeshError(
    "INVALID_ARGUMENT",
    `${where}: \`${check.slice(0, 200)}\` cannot be run: ${parsed.problem}.`,
    "Name programs with their arguments, joined by && only, or put the rest into a script of the project.",
  )
}

/**
 * Whoever writes a command that others run must be allowed to run it: OpenCode judges, and asks the person
 * where it would for the writer's own shell. Before anything is written.
 */
export const permitChecks = async (drafts: readonly TaskDraft[], rights: Rights | undefined) => {
  for (const [index, { check }] of drafts.entries())
    if (check !== undefined) await permitSteps(stepsOf(check, `tasks.${index}.check`), rights)
}

export const permitSteps = async (steps: readonly Step[], rights: Rights | undefined) => {
  const texts = steps.map(({ text }) => text)
  try {
    await rights?.ask("bash", texts, { command: texts.join(" && ") })
  } catch (error) {
    throw new MeshError(
      "NOT_ALLOWED",
      `Your shell may not run \`${texts.join(" && ").slice(0, 200)}\`, so no check of yours may either.`,
      "Leave the check out, or let somebody who may run it take this step: your lead, or another agent.",
      { cause: error },
    )
  }
}

/** Puts tasks at the end of a board, all or none. Returns their numbers. */
export const addToBoard = async (
  tx: Tx,
  fleetId: string,
  drafts: readonly TaskDraft[],
  author: { name: string; agentId: string | null },
): Promise<number[]> => {
  const present = await tasksOfFleet(tx, fleetId)
  if (present.length + drafts.length > mostTasks)
    throw new MeshError(
      "LIMIT_REACHED",
      `The board of ${fleetId} would have ${present.length + drafts.length} tasks; the limit is ${mostTasks}.`,
      "Put several steps into one task.",
    )
  const first = (present.at(-1)?.number ?? 0) + 1
  const known = [
    ...present.map(({ number, title }) => ({ number, title })),
    ...drafts.map(({ title }, index) => ({ number: first + index, title })),
  ]
  const numbers = drafts.map((_, index) => first + index)
  const needs = drafts.map(({ after }, index) => resolve(after ?? [], known, first + index, index))
  refuseCircles(needs, first)
  for (const [index, draft] of drafts.entries()) {
    await insertTask(tx, {
      fleet_id: fleetId,
      number: first + index,
      title: draft.title,
      description: draft.description ?? null,
      needs: JSON.stringify(needs[index]),
      check_command: draft.check ?? null,
      author: author.agentId ?? author.name,
    })
    await appendEvent(tx, {
      type: "task.added",
      fleetId,
      agentId: author.agentId,
      data: { task: first + index, title: draft.title },
    })
  }
  return numbers
}

interface Known {
  number: number
  title: string
}

const resolve = (
  after: readonly (string | number)[],
  known: readonly Known[],
  self: number,
  index: number,
): number[] => {
  const found = after.map((each) => {
    const named = known.filter(({ title }) => title === each)
    const number = named.length === 1 ? named[0]!.number : Number(each)
    if (known.some((task) => task.number === number) && number !== self) return number
    throw new MeshError(
      "INVALID_ARGUMENT",
      `tasks.${index}.after: ${named.length > 1 ? `several tasks are called` : `there is no other task`} "${each}".`,
      "Name a task by its number on the board or by its title; those of one call are numbered in its order.",
    )
  })
  return [...new Set(found)].toSorted((a, b) => a - b)
}

/** Earlier tasks cannot need later ones, so only those of one call can wait for each other. */
const refuseCircles = (needs: readonly (readonly number[])[], first: number) => {
  const settled = new Set<number>()
  const visit = (number: number, trail: readonly number[]) => {
    if (number < first || settled.has(number)) return
    if (trail.includes(number))
      throw new MeshError(
        "INVALID_ARGUMENT",
        `tasks: ${[...trail.slice(trail.indexOf(number)), number].join(" → ")} wait for each other.`,
        "Leave one of these dependencies out.",
      )
    for (const each of needs[number - first]!) visit(each, [...trail, number])
    settled.add(number)
  }
  for (const index of needs.keys()) visit(first + index, [])
}
