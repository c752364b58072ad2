import type { Database } from "./driver.ts"
import type { QuestionRow } from "./rows.ts"

export const insertQuestion = (
  db: Database,
  question: Omit<QuestionRow, "state" | "answer" | "reason" | "answered_at">,
) =>
  db.run(
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

export const questionById = (db: Database, id: string) =>
  db.get<QuestionRow>("SELECT * FROM questions WHERE id = ?", id)

export const questionOfRequest = (db: Database, hostId: string, requestId: string) =>
  db.get<QuestionRow>(
    "SELECT * FROM questions WHERE host_id = ? AND request_id = ?",
    hostId,
    requestId,
  )

/** Oldest first. */
export const openQuestions = (db: Database, fleetId: string) =>
  db.all<QuestionRow>(
    "SELECT * FROM questions WHERE fleet_id = ? AND state = 'open' ORDER BY asked_at, id",
    fleetId,
  )

/** Of all fleets of a project, oldest first. */
export const openQuestionsOfProject = (db: Database, project: string) =>
  db.all<QuestionRow>(
    `SELECT q.* FROM questions q JOIN fleets f ON f.id = q.fleet_id
     WHERE f.project = ? AND q.state = 'open' ORDER BY q.asked_at, q.id`,
    project,
  )

export const openQuestionsOfAgent = (db: Database, fleetId: string, agentId: string) =>
  db.all<QuestionRow>(
    `SELECT * FROM questions WHERE fleet_id = ? AND agent_id = ? AND state = 'open'
     ORDER BY asked_at, id`,
    fleetId,
    agentId,
  )

/** False when it was closed before: whoever writes first decides. */
export const closeQuestion = (
  db: Database,
  at: number,
  id: string,
  { state, answer, reason }: Pick<QuestionRow, "state" | "answer" | "reason">,
) =>
  db.run(
    `UPDATE questions SET state = ?, answer = ?, reason = ?, answered_at = ?
     WHERE id = ? AND state = 'open'`,
    state,
    answer,
    reason,
    at,
    id,
  ).changes > 0
