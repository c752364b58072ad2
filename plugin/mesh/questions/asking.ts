import { agentById, recordBlocked } from "../ledger/tables/agents.ts"
import type { Query, Tx } from "../ledger/port.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import { fleetById } from "../ledger/tables/fleets.ts"
import { grantsFor } from "../ledger/tables/grants.ts"
import {
  closeQuestion,
  insertQuestion,
  openQuestionsOfAgent,
  questionById,
  questionOfRequest,
} from "../ledger/tables/questions.ts"
import { withdrawNoticesAbout } from "../ledger/tables/messages.ts"
import type { AgentRow, QuestionRow } from "../ledger/tables/rows.ts"
import { notifyLead } from "../mail/notices.ts"
import { cut, inQuotes } from "../prompts.ts"
import { tellDecided } from "./telling.ts"
import { type Asked, describeAsked, isGranted, type PermissionAsk } from "../model/question.ts"

/** What a host tells OpenCode about one ask. */
export type Verdict = { allow: true } | { answers: string[][] } | { reject: string }

/** Whom an ask comes from, and how long it may wait. */
export interface Asking {
  agentId: string
  hostId: string
  deadlineMs: number
}

const goOn = "Go on without it, or report what you could not do."
export const rejectedText = (why: string) => `${why} ${goOn}`

/**
 * An ask has come to a host: it is granted at once, refused at once, or waits for a person under the
 * id returned. Undefined when the host knows it already.
 */
export const receiveAsk = async (
  tx: Tx,
  { agentId, hostId, deadlineMs }: Asking,
  asked: Asked,
): Promise<Verdict | { waits: string } | undefined> => {
  if (await questionOfRequest(tx, hostId, asked.requestId)) return undefined
  const agent = await agentById(tx, agentId)
  if (!agent || agent.status !== "running" || agent.host_id !== hostId)
    return { reject: rejectedText("This attempt is over.") }
  if (agent.stop_mode !== null) return { reject: stoppingText(agent.stop_reason) }
  const wanted = describeAsked(asked)
  if (asked.kind === "permission" && (await isCovered(tx, agent, asked.request))) {
    await appendEvent(tx, {
      type: "question.granted",
      fleetId: agent.fleet_id,
      agentId,
      data: { wanted },
    })
    return { allow: true }
  }
  const id = tx.newId.question()
  await insertQuestion(tx, {
    id,
    fleet_id: agent.fleet_id,
    agent_id: agentId,
    generation: agent.generation,
    host_id: hostId,
    kind: asked.kind,
    request_id: asked.requestId,
    wanted,
    request: JSON.stringify(asked.request),
    asked_at: tx.at,
    deadline_at: tx.at + deadlineMs,
  })
  await recordBlocked(tx, agentId, wanted)
  await appendEvent(tx, {
    type: "question.asked",
    fleetId: agent.fleet_id,
    agentId,
    data: { question_id: id, wanted, deadline_ms: deadlineMs },
  })
  const text = askText(agent, id, asked.kind, wanted, deadlineMs)
  await notifyLead(tx, agent.fleet_id, text, "request", { about: id })
  return { waits: id }
}

const askText = (
  agent: AgentRow,
  id: string,
  kind: Asked["kind"],
  wanted: string,
  deadlineMs: number,
) => {
  const choices =
    kind === "permission" ? "once (or fleet, always, reject)" : '"<option>" (or --text, reject)'
  return `Agent "${agent.name}" of ${agent.fleet_id} is waiting for ${inQuotes(cut(wanted, 120))}. Only the user can answer: in /fleets if OpenCode has it, or in a terminal outside it (meshfleet questions): meshfleet answer ${id} ${choices}. You cannot; tell the user. Without an answer it is rejected in ${span(deadlineMs)}.`
}

const isCovered = async (db: Query, agent: AgentRow, request: PermissionAsk) =>
  isGranted(
    request,
    await grantsFor(db, (await fleetById(db, agent.fleet_id))!, request.permission),
  )

/** An open permission that somebody has granted for the fleet or the project since it was asked. */
export const isGrantedSince = async (db: Query, question: QuestionRow) =>
  question.kind === "permission" &&
  (await isCovered(
    db,
    (await agentById(db, question.agent_id))!,
    JSON.parse(question.request) as PermissionAsk,
  ))

/** What can be decided without a person, now: nothing when it was decided before. */
export const settleQuestion = async (tx: Tx, id: string) => {
  const question = await questionById(tx, id)
  if (question?.state !== "open") return
  const tell = (type: "question.answered" | "question.expired", more: object) =>
    appendEvent(tx, {
      type,
      fleetId: question.fleet_id,
      agentId: question.agent_id,
      data: { question_id: id, wanted: question.wanted, ...more },
    })
  if (await isGrantedSince(tx, question)) {
    await closeQuestion(tx, id, { state: "answered", answer: "once", reason: "granted before" })
    await tell("question.answered", { answer: "once", reason: "granted before" })
    await tellDecided(tx, question, "granted with another")
    return
  }
  if (question.deadline_at > tx.at) return
  const reason = rejectedText(
    `This was ${inQuotes(question.wanted)}. It was not refused: nobody answered within ${span(question.deadline_at - question.asked_at)}.`,
  )
  await closeQuestion(tx, id, { state: "expired", answer: "reject", reason })
  await tell("question.expired", { reason })
  // A lead that was told that somebody waits finds the rest in the result.
  if ((await withdrawNoticesAbout(tx, question.fleet_id, id)) === 0) return
  const agent = (await agentById(tx, question.agent_id))!
  await notifyLead(
    tx,
    question.fleet_id,
    `Agent "${agent.name}" of ${question.fleet_id} asked for ${inQuotes(question.wanted)}. Nobody answered, so it was rejected.`,
    "request",
  )
}

/** Nobody needs the answer any more: the agent, its attempt or OpenCode's own request has ended. */
export const dropQuestion = async (tx: Tx, question: QuestionRow, reason: string) => {
  if (!(await closeQuestion(tx, question.id, { state: "gone", answer: null, reason }))) return
  await appendEvent(tx, {
    type: "question.closed",
    fleetId: question.fleet_id,
    agentId: question.agent_id,
    data: { question_id: question.id, wanted: question.wanted, reason },
  })
  await withdrawNoticesAbout(tx, question.fleet_id, question.id)
}

/** Call it in the transaction that ends the agent's attempt or asks it to report. */
export const dropQuestionsOf = async (
  tx: Tx,
  agent: Pick<AgentRow, "id" | "fleet_id">,
  reason: string,
) => {
  for (const question of await openQuestionsOfAgent(tx, agent.fleet_id, agent.id))
    await dropQuestion(tx, question, reason)
}

/** What OpenCode is told about a question that is not open any more. */
export const verdictOf = ({ kind, state, answer, reason }: QuestionRow): Verdict => {
  if (state !== "answered" || answer === null || answer === "reject")
    return { reject: reason ?? rejectedText("The user rejected it.") }
  return kind === "permission" ? { allow: true } : { answers: JSON.parse(answer) as string[][] }
}

export const stoppingText = (reason: string | null) =>
  `You are asked to stop${reason ? ` (${reason})` : ""}, so nobody was asked. Report what you have.`

/** "15 min", "90 s": a deadline as it is told. */
const span = (ms: number) =>
  ms >= 120_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 100) / 10} s`
