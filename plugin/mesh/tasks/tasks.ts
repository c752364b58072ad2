import { fleetMeant, type IsAlive, refuseDelegated, requireFleet, requireLead } from "../access.ts"
import type { Ledger } from "../ledger/ledger.ts"
import type { Query } from "../ledger/port.ts"
import { agentById, agentsOfFleet } from "../ledger/tables/agents.ts"
import {
  claimTask,
  noteOnTask,
  recordCheck,
  type TaskRow,
  type TaskState,
  taskOf,
  tasksOfFleet,
} from "../ledger/tables/board/tasks.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import type { FleetRow } from "../ledger/tables/rows.ts"
import { worktreeOf } from "../ledger/tables/worktrees.ts"
import type { Caller } from "../model/caller.ts"
import { MeshError } from "../model/errors.ts"
import { leadName, personName } from "../model/message.ts"
import { addToBoard, permitChecks, permitSteps, stepsOf, type TaskDraft } from "./add.ts"
import { tendBoard } from "./board.ts"
import type { Choice } from "./choose.ts"
import { moveByHand } from "./move.ts"
import { refuseChanged, refuseHolder, refuseMove, refuseTaken, requireTask } from "./refusals.ts"
import type { RunCheck } from "./run-check.ts"
import { listTask, showTask, shownCheck } from "./show-task.ts"
import { claimableOf, type Hand, renderBoard, withNote } from "./task.ts"
import { createUnderWay } from "./under-way.ts"

export interface TasksDeps {
  ledger: Ledger
  isAlive: IsAlive
  choose: Choice
  runCheck: RunCheck
  checkMs: number
}

export interface TaskUpdate {
  fleet_id?: string | undefined
  task_id: number
  state?: Exclude<TaskState, "claimed"> | undefined
  note?: string | undefined
}

/** A fleet's board: who does what, in which order, and on whose word it is done. */
export const createTasks = ({ ledger, isAlive, choose, runCheck, checkMs }: TasksDeps) => {
  const underWay = createUnderWay()
  const meant = (caller: Caller, fleetId: string | undefined) =>
    ledger.read((db) => fleetMeant(db, caller, fleetId))

  const claim = (member: Member, number: number) =>
    ledger.transact(async (tx) => {
      await refuseHolder(tx, member)
      const board = await tasksOfFleet(tx, member.fleetId)
      const task = requireTask(board, member.fleetId, number)
      refuseTaken(task, board)
      await claimTask(tx, task, member.agentId)
      await appendEvent(tx, {
        type: "task.claimed",
        fleetId: member.fleetId,
        agentId: member.agentId,
        data: { task: number, claim: task.claims + 1 },
      })
      return describeClaim(tx, member.fleetId, number)
    })

  /** Runs the acceptance command where it has to pass before the task counts as done. */
  const check = async (caller: Caller, task: TaskRow, signal: AbortSignal | undefined) => {
    const steps = stepsOf(task.check_command!)
    await permitSteps(steps, caller.rights)
    const owner = (await ledger.read((db) => agentById(db, task.owner!)))!
    const result = await runCheck(steps, owner, { timeoutMs: checkMs, signal })
    await ledger.transact(async (tx) => {
      refuseChanged(task, await taskOf(tx, task.fleet_id, task.number))
      await recordCheck(tx, task, result)
      await appendEvent(tx, {
        type: "task.checked",
        fleetId: task.fleet_id,
        agentId: task.owner,
        data: {
          task: task.number,
          passed: result.passed,
          exit: result.exit,
          duration_ms: result.duration_ms,
        },
      })
    })
    return result
  }

  const update = async (caller: Caller, asked: TaskUpdate, signal?: AbortSignal) => {
    refuseDelegated(caller, "change tasks")
    const { id } = await meant(caller, asked.fleet_id)
    const { note, task_id: number, state } = asked
    const before = await ledger.read(async (db) =>
      requireTask(await tasksOfFleet(db, id), id, number),
    )
    const hand = handOf(caller, await ledger.read((db) => requireFleet(db, caller, id)), before)
    if (state !== undefined) refuseMove(hand, before, state)
    const isToCheck =
      hand === "owner" && before.check_command !== null && (state === "done" || state === "review")
    const checked = isToCheck ? await check(caller, before, signal) : undefined
    const isRefused = checked !== undefined && !checked.passed
    return ledger.transact(async (tx) => {
      const fleet = await requireFleet(tx, caller, id)
      if (hand === "lead") await requireLead(tx, caller, fleet, isAlive)
      const standing = await tasksOfFleet(tx, id)
      const task = requireTask(standing, id, number)
      if (state !== undefined) refuseChanged(before, task)
      const who = authorOf(caller).name
      if (note !== undefined) await noteOnTask(tx, task, withNote(task.notes, who, note))
      if (state !== undefined && !isRefused) await moveByHand(tx, caller, hand, task, state)
      const board = await tasksOfFleet(tx, id)
      const now = board.find((each) => each.number === number)!
      const free = claimableOf(standing).map((each) => each.number)
      const freed = claimableOf(board).filter((each) => !free.includes(each.number))
      return {
        task_id: number,
        state: now.state,
        ...(isRefused && { why: notDoneText(state!, note !== undefined) }),
        ...(now.state === "done" && { proof: now.proof }),
        ...(checked && { check: shownCheck(checked) }),
        ...(freed.length > 0 && { now_free: freed.map((each) => each.number) }),
        board: renderBoard(board),
      }
    })
  }

  return {
    async add(caller: Caller, asked: string | undefined, drafts: readonly TaskDraft[]) {
      refuseDelegated(caller, "add tasks")
      const { id } = await meant(caller, asked)
      await permitChecks(drafts, caller.rights)
      return ledger.transact(async (tx) => {
        const fleet = await requireFleet(tx, caller, id)
        if (!isOwnFleet(caller, fleet)) await requireLead(tx, caller, fleet, isAlive)
        const task_ids = await addToBoard(tx, id, drafts, authorOf(caller))
        await tendBoard(tx, id)
        return { fleet_id: id, task_ids, board: renderBoard(await tasksOfFleet(tx, id)) }
      })
    },

    /** One task for one agent, until it is done or given back. Without a number: what fits it best. */
    async claim(caller: Caller, number: number | undefined, signal?: AbortSignal) {
      refuseDelegated(caller, "claim tasks")
      const { member } = caller
      if (!member)
        throw new MeshError(
          "NOT_ALLOWED",
          "Tasks are claimed by the agents of a fleet, not by its lead.",
          "Add what is to be done with add_tasks, and bring an agent for it with attach_agent.",
        )
      // Both may stand in one reply of a model: what it says of its task comes before the next one.
      await underWay.over(member.agentId)
      signal?.throwIfAborted()
      if (number !== undefined) return claim(member, number)
      const free = await ledger.read(async (db) => {
        await refuseHolder(db, member)
        return claimableOf(await tasksOfFleet(db, member.fleetId))
      })
      for (const { number: next } of await choose(member, free)) {
        try {
          return await claim(member, next)
        } catch (error) {
          // Somebody was faster: the next one.
          if (!(error instanceof MeshError) || error.code !== "TASK_NOT_FREE") throw error
        }
      }
      const board = await ledger.read((db) => tasksOfFleet(db, member.fleetId))
      return { task: null, board: renderBoard(board) }
    },

    update(caller: Caller, asked: TaskUpdate, signal?: AbortSignal) {
      return underWay.run(caller.member?.agentId, () => update(caller, asked, signal))
    },

    async list(
      caller: Caller,
      query: {
        fleet_id?: string | undefined
        task_id?: number | undefined
        state?: TaskState | undefined
      },
    ) {
      return ledger.read(async (db) => {
        const { id } = await fleetMeant(db, caller, query.fleet_id)
        const board = await tasksOfFleet(db, id)
        const nameOf = await namesIn(db, id)
        const shown =
          query.task_id === undefined
            ? board
                .filter(({ state }) =>
                  query.state ? state === query.state : state !== "done" && state !== "cancelled",
                )
                .map((task) => listTask(task, board, nameOf))
            : [showTask(requireTask(board, id, query.task_id), board, nameOf)]
        return { board: renderBoard(board), tasks: shown }
      })
    },

    /** The whole board, each task with all there is of it: for a person. */
    async whole(caller: Caller, fleetId: string) {
      return ledger.read(async (db) => {
        await requireFleet(db, caller, fleetId)
        const board = await tasksOfFleet(db, fleetId)
        const nameOf = await namesIn(db, fleetId)
        return {
          fleet_id: fleetId,
          board: renderBoard(board),
          tasks: board.map((task) => showTask(task, board, nameOf)),
        }
      })
    },
  }
}

export type Tasks = ReturnType<typeof createTasks>
type Member = NonNullable<Caller["member"]>

const notDoneText = (state: TaskState, hasNote: boolean) =>
  `Not ${state === "review" ? "in review" : state}: its check failed. The task stays yours${hasNote ? ", and your note is kept" : ""}.`

const isOwnFleet = (caller: Caller, fleet: FleetRow) => caller.member?.fleetId === fleet.id

const authorOf = ({ human, member }: Caller) =>
  member
    ? { name: member.name, agentId: member.agentId }
    : { name: human ? personName : leadName, agentId: null }

const handOf = (caller: Caller, fleet: FleetRow, task: TaskRow): Hand => {
  if (!caller.member) return "lead"
  if (!isOwnFleet(caller, fleet))
    throw new MeshError(
      "NOT_ALLOWED",
      `You are in fleet ${caller.member.fleetId}, not in ${fleet.id}.`,
      "Leave fleet_id out: you change the tasks of your own fleet.",
    )
  return task.owner === caller.member.agentId ? "owner" : "other"
}

const namesIn = async (db: Query, fleetId: string) => {
  const names = new Map((await agentsOfFleet(db, fleetId)).map(({ id, name }) => [id, name]))
  return (agentId: string) => names.get(agentId) ?? agentId
}

const describeClaim = async (db: Query, fleetId: string, number: number) => {
  const board = await tasksOfFleet(db, fleetId)
  const task = requireTask(board, fleetId, number)
  const before = task.left_by === null ? undefined : await agentById(db, task.left_by)
  const tree = before && (await worktreeOf(db, before.id))
  return {
    task: {
      ...showTask(task, board, await namesIn(db, fleetId)),
      ...(before && {
        begun_by: before.name,
        begun_in: before.directory,
        ...(tree && { branch: tree.branch }),
      }),
    },
    board: renderBoard(board),
  }
}
