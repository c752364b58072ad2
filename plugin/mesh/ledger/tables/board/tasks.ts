import { hasChanged } from "../has-changed.ts"
import type { Query, Tx } from "../../port.ts"

export const taskStates = ["open", "claimed", "review", "done", "blocked", "cancelled"] as const
export type TaskState = (typeof taskStates)[number]

/**
 * Why a task counts as done: its check has passed, somebody else has looked at it, its lead says so, or
 * nobody but its owner does.
 */
export const taskProofs = ["check", "review", "lead", "word"] as const
export type TaskProof = (typeof taskProofs)[number]

/** What came of a task's acceptance command. */
export interface CheckResult {
  passed: boolean
  /** Null when it did not end by itself, or could not begin. */
  exit: number | null
  /** The end of what it printed. */
  output: string
  duration_ms: number
}

/** A task of a fleet's board, numbered from 1 in it. */
export interface TaskRow {
  fleet_id: string
  number: number
  title: string
  description: string | null
  /** Numbers of the tasks that have to be done before, as JSON. */
  needs: string
  check_command: string | null
  /** An agent's id, `lead` or `human`. */
  author: string
  state: TaskState
  /** Who has it, or had it in the end. */
  owner: string | null
  /** Rises with every claim: what is written for an earlier one is refused. */
  claims: number
  claimed_at: number | null
  /** What was said about it so far, oldest first. */
  notes: string | null
  /** Who had it before and gave it back. */
  left_by: string | null
  /** What the newest check came to, as JSON of `CheckResult`. */
  checked: string | null
  proof: TaskProof | null
  created_at: number
  changed_at: number
}

export type NewTask = Pick<
  TaskRow,
  "fleet_id" | "number" | "title" | "description" | "needs" | "check_command" | "author"
>

export const insertTask = (tx: Tx, task: NewTask) =>
  tx.run(
    `INSERT INTO tasks (fleet_id, number, title, description, needs, check_command, author, state,
       created_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, 'open', ?, ?)`,
    task.fleet_id,
    task.number,
    task.title,
    task.description,
    task.needs,
    task.check_command,
    task.author,
    tx.at,
    tx.at,
  )

/** A fleet's board, in the order in which it was written. */
export const tasksOfFleet = (db: Query, fleetId: string) =>
  db.all<TaskRow>("SELECT * FROM tasks WHERE fleet_id = ? ORDER BY number", fleetId)

/** A task as those see it who look at the whole board. */
export type BriefTask = Pick<
  TaskRow,
  "number" | "title" | "needs" | "state" | "owner" | "proof" | "checked" | "notes" | "changed_at"
>

/** The same without long texts, for views that look several times a second; of notes there is the end. */
export const briefTasksOfFleet = (db: Query, fleetId: string) =>
  db.all<BriefTask>(
    `SELECT number, title, needs, state, owner, proof, changed_at,
       CASE WHEN state IN ('blocked', 'review') THEN substr(notes, length(notes) - 999) END AS notes,
       CASE WHEN state NOT IN ('done', 'cancelled') THEN checked END AS checked
     FROM tasks WHERE fleet_id = ? ORDER BY number`,
    fleetId,
  )

export const taskOf = (db: Query, fleetId: string, number: number) =>
  db.get<TaskRow>("SELECT * FROM tasks WHERE fleet_id = ? AND number = ?", fleetId, number)

export const hasTasks = async (db: Query, fleetId: string) =>
  (await db.get("SELECT 1 AS found FROM tasks WHERE fleet_id = ? LIMIT 1", fleetId)) !== undefined

/** How long a lead may still look at the board of a fleet that has ended. */
const freshMs = 3_600_000

/** Whether a fleet of this lead has a board: one that runs, or has ended only lately. */
export const leadsBoard = async (db: Query, sessionId: string, at: number) =>
  (await db.get(
    `SELECT 1 AS found FROM fleets f WHERE f.lead_session = ? AND f.pruned_at IS NULL
       AND (f.status = 'running' OR f.ended_at > ?)
       AND EXISTS (SELECT 1 FROM tasks t WHERE t.fleet_id = f.id) LIMIT 1`,
    sessionId,
    at - freshMs,
  )) !== undefined

/** False when somebody was faster. */
export const claimTask = (
  tx: Tx,
  { fleet_id, number }: Pick<TaskRow, "fleet_id" | "number">,
  owner: string,
) =>
  hasChanged(
    tx.run(
      `UPDATE tasks SET state = 'claimed', owner = ?, claims = claims + 1, claimed_at = ?,
         changed_at = ? WHERE fleet_id = ? AND number = ? AND state = 'open'`,
      owner,
      tx.at,
      tx.at,
      fleet_id,
      number,
    ),
  )

/** What changes with a task's state. */
export interface TaskChange {
  state: TaskState
  owner: string | null
  left_by: string | null
  proof: TaskProof | null
}

/** False when it is no longer as it was found: in another state, or in other hands. */
export const moveTask = (
  tx: Tx,
  { fleet_id, number, state, claims }: Pick<TaskRow, "fleet_id" | "number" | "state" | "claims">,
  to: TaskChange,
) =>
  hasChanged(
    tx.run(
      `UPDATE tasks SET state = ?, owner = ?, left_by = ?, proof = ?, changed_at = ?
       WHERE fleet_id = ? AND number = ? AND state = ? AND claims = ?`,
      to.state,
      to.owner,
      to.left_by,
      to.proof,
      tx.at,
      fleet_id,
      number,
      state,
      claims,
    ),
  )

export const noteOnTask = (
  tx: Tx,
  { fleet_id, number }: Pick<TaskRow, "fleet_id" | "number">,
  notes: string,
) =>
  tx.run(
    "UPDATE tasks SET notes = ?, changed_at = ? WHERE fleet_id = ? AND number = ?",
    notes,
    tx.at,
    fleet_id,
    number,
  )

export const recordCheck = (
  tx: Tx,
  { fleet_id, number }: Pick<TaskRow, "fleet_id" | "number">,
  result: CheckResult,
) =>
  tx.run(
    "UPDATE tasks SET checked = ?, changed_at = ? WHERE fleet_id = ? AND number = ?",
    JSON.stringify(result),
    tx.at,
    fleet_id,
    number,
  )

/** That an agent was told of a task, or has given it back: it is not told of it again. */
export interface OfferRow {
  fleet_id: string
  number: number
  claims: number
  agent_id: string
  at: number
}

/** Those that still count: of a task as it was claimed last. */
export const offersOfFleet = (db: Query, fleetId: string) =>
  db.all<OfferRow>(
    `SELECT o.* FROM tasks t JOIN task_offers o ON o.fleet_id = t.fleet_id AND o.number = t.number
       AND o.claims = t.claims WHERE t.fleet_id = ?`,
    fleetId,
  )

export const recordOffer = (
  tx: Tx,
  { fleet_id, number, claims }: Pick<TaskRow, "fleet_id" | "number" | "claims">,
  agentId: string,
) =>
  tx.run(
    `INSERT INTO task_offers (fleet_id, number, claims, agent_id, at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
    fleet_id,
    number,
    claims,
    agentId,
    tx.at,
  )

export const forgetTasks = async (tx: Tx, fleetId: string) => {
  await tx.run("DELETE FROM task_offers WHERE fleet_id = ?", fleetId)
  await tx.run("DELETE FROM tasks WHERE fleet_id = ?", fleetId)
}
