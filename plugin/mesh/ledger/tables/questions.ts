import { hasChanged } from "./has-changed.ts"
import type { Query, Tx } from "../port.ts"
import type { QuestionRow } from "./rows.ts"

export const insertQuestion = (
  tx: Tx,
  question: Omit<QuestionRow, "state" | "answer" | "reason" | "answered_at">,
) =>
  tx.run(
    `INSERT INTO questions (id, fleet_id, agent_id, generation, host_id, kind, request_id, wanted,
       request, asked_at, deadline_at, state)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open')`,
    question.id,
    question.fleet_id,
    question.agent_id,
    question.generation,
    question.host_id,
    question.kind,
    question.request_id,
    question.wanted,
    question.request,
    question.asked_at,
    question.deadline_at,
  )

export const questionById = (db: Query, id: string) =>
  db.get<QuestionRow>("SELECT * FROM questions WHERE id = ?", id)

export const questionOfRequest = (db: Query, hostId: string, requestId: string) =>
  db.get<QuestionRow>(
    "SELECT * FROM questions WHERE host_id = ? AND request_id = ?",
    hostId,
    requestId,
  )

/** Oldest first. */
export const openQuestions = (db: Query, fleetId: string) =>
  db.all<QuestionRow>(
    "SELECT * FROM questions WHERE fleet_id = ? AND state = 'open' ORDER BY asked_at, id",
    fleetId,
  )

/** Of all fleets of a project, oldest first. */
export const openQuestionsOfProject = (db: Query, project: string) =>
  db.all<QuestionRow>(
    `SELECT q.* FROM questions q CROSS JOIN fleets f
     WHERE f.id = q.fleet_id AND f.project = ? AND q.state = 'open' ORDER BY q.asked_at, q.id`,
    project,
  )

/** Of all projects, oldest first. Whoever waits for an answer is in a fleet that runs. */
export const allOpenQuestions = (db: Query) =>
  db.all<QuestionRow>(
    `SELECT q.* FROM fleets f CROSS JOIN questions q
     WHERE f.status = 'running' AND q.fleet_id = f.id AND q.state = 'open'
     ORDER BY q.asked_at, q.id`,
  )

export const openQuestionsOfAgent = (db: Query, fleetId: string, agentId: string) =>
  db.all<QuestionRow>(
    `SELECT * FROM questions WHERE fleet_id = ? AND agent_id = ? AND state = 'open'
     ORDER BY asked_at, id`,
    fleetId,
    agentId,
  )

/** Nobody could answer for so long: what waits in this host waits so much longer. */
export const postponeQuestions = (tx: Tx, hostId: string, from: number, ms: number) =>
  tx.run(
    "UPDATE questions SET deadline_at = deadline_at + ? WHERE host_id = ? AND state = 'open' AND deadline_at > ?",
    ms,
    hostId,
    from,
  )

/** False when it was closed before: whoever writes first decides. */
export const closeQuestion = (
  tx: Tx,
  id: string,
  { state, answer, reason }: Pick<QuestionRow, "state" | "answer" | "reason">,
) =>
  hasChanged(
    tx.run(
      `UPDATE questions SET state = ?, answer = ?, reason = ?, answered_at = ?
     WHERE id = ? AND state = 'open'`,
      state,
      answer,
      reason,
      tx.at,
      id,
    ),
  )

export const forgetQuestions = (tx: Tx, fleetId: string) =>
  tx.run("DELETE FROM questions WHERE fleet_id = ?", fleetId)
