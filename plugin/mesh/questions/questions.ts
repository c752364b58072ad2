import { type Given, type PermissionAnswer, readAnswer } from "./answer.ts"
import type { Caller } from "../model/caller.ts"
import type { Changes } from "../ledger/changes.ts"
import { MeshError } from "../model/errors.ts"
import type { NewId } from "../model/ids.ts"
import { agentById } from "../ledger/agents.ts"
import type { Query, Tx } from "../ledger/port.ts"
import { appendEvent } from "../ledger/events.ts"
import { fleetById } from "../ledger/fleets.ts"
import { deleteGrant, grantById, grantsOfProject, insertGrant } from "../ledger/grants.ts"
import type { Ledger } from "../ledger/ledger.ts"
import { withdrawNoticesAbout } from "../ledger/messages.ts"
import { closeQuestion, openQuestionsOfProject, questionById } from "../ledger/questions.ts"
import type { QuestionRow } from "../ledger/rows.ts"
import { grantsOf, type PermissionAsk, type QuestionAsk } from "../model/question.ts"

export interface QuestionsDeps {
  ledger: Ledger
  changes: Changes
  now: () => number
  newId: NewId
}

/**
 * What agents ask a person, and the person's answers. No tool leads here: a model never answers for
 * the person, neither a lead nor a member.
 */
export const createQuestions = ({ ledger, changes, now, newId }: QuestionsDeps) => {
  const describe = (db: Query, question: QuestionRow) => ({
    question_id: question.id,
    fleet_id: question.fleet_id,
    agent_id: question.agent_id,
    agent: agentById(db, question.agent_id)?.name ?? question.agent_id,
    kind: question.kind,
    wanted: question.wanted,
    request: JSON.parse(question.request) as PermissionAsk | QuestionAsk,
    asked_at: new Date(question.asked_at).toISOString(),
    deadline_at: new Date(question.deadline_at).toISOString(),
  })

  return {
    /** Those of the caller's project that wait for an answer, oldest first. */
    open: (caller: Caller) =>
      ledger.read((db) =>
        openQuestionsOfProject(db, caller.project).map((question) => describe(db, question)),
      ),

    /** The first answer counts; whoever comes later learns what it was. */
    async answer(caller: Caller, id: string, given: Given) {
      refuseModels(caller, "answer questions")
      const answered = await ledger.transact((tx) => {
        const question = requireQuestion(tx, caller, id)
        if (question.state !== "open") throw closed(question, tx.at)
        const { answer, reason } = readAnswer(question, given)
        closeQuestion(tx, id, { state: "answered", answer, reason })
        const remembered = remember(tx, caller.project, question, answer as PermissionAnswer)
        appendEvent(tx, {
          type: "question.answered",
          fleetId: question.fleet_id,
          agentId: question.agent_id,
          data: {
            question_id: id,
            wanted: question.wanted,
            answer,
            ...(reason !== null && { reason }),
          },
        })
        withdrawNoticesAbout(tx, question.fleet_id, id)
        return {
          question_id: id,
          agent: agentById(tx, question.agent_id)!.name,
          wanted: question.wanted,
          answer: question.kind === "question" && answer !== "reject" ? JSON.parse(answer) : answer,
          ...(reason !== null && { reason }),
          ...(remembered.length > 0 && { remembered }),
        }
      })
      changes.nudge()
      return answered
    },

    /** What was granted for a fleet or for the project, oldest first. */
    grants: (caller: Caller) =>
      ledger.read((db) =>
        grantsOfProject(db, caller.project).map((grant) => ({
          grant_id: grant.id,
          fleet_id: grant.fleet_id,
          permission: grant.permission,
          pattern: grant.pattern,
          exact: grant.exact === 1,
          granted_at: new Date(grant.granted_at).toISOString(),
        })),
      ),

    /** From now on it is asked again. */
    async revoke(caller: Caller, id: string) {
      refuseModels(caller, "revoke grants")
      return ledger.transact((tx) => {
        const grant = grantById(tx, id)
        if (grant?.project !== caller.project)
          throw new MeshError(
            "UNKNOWN_GRANT",
            `No grant "${id}" in this project.`,
            "meshfleet grants lists what was granted.",
          )
        deleteGrant(tx, id)
        const { fleet_id, permission, pattern } = grant
        appendEvent(tx, {
          type: "grant.revoked",
          fleetId: fleet_id,
          data: { grant_id: id, permission, pattern },
        })
        return { grant_id: id, permission, pattern }
      })
    },
  }

  function remember(tx: Tx, project: string, question: QuestionRow, answer: PermissionAnswer) {
    if (question.kind !== "permission" || (answer !== "fleet" && answer !== "always")) return []
    return grantsOf(JSON.parse(question.request) as PermissionAsk, answer).map((grant) => {
      const id = tx.newId.grant()
      insertGrant(tx, {
        ...grant,
        id,
        project,
        fleet_id: answer === "fleet" ? question.fleet_id : null,
        question_id: question.id,
        granted_at: tx.at,
      })
      return { grant_id: id, permission: grant.permission, pattern: grant.pattern }
    })
  }
}

export type Questions = ReturnType<typeof createQuestions>
export type OpenQuestion = ReturnType<Questions["open"]>[number]

const refuseModels = (caller: Caller, act: string) => {
  if (!caller.human)
    throw new MeshError(
      "NOT_ALLOWED",
      `Only a person may ${act}.`,
      "Tell the user what is asked, and that meshfleet questions lists it in a terminal.",
    )
}

const requireQuestion = (db: Query, caller: Caller, id: string) => {
  const question = questionById(db, id)
  if (question && fleetById(db, question.fleet_id)?.project === caller.project) return question
  throw new MeshError(
    "UNKNOWN_QUESTION",
    `No question "${id}" in this project.`,
    "meshfleet questions lists those that wait for an answer.",
  )
}

const closed = (question: QuestionRow, at: number) => {
  const ago = `${Math.round((at - (question.answered_at ?? at)) / 1000)} s ago`
  const how = {
    open: "",
    answered: `was answered ${ago}: ${question.answer}`,
    expired: `expired ${ago} and was rejected`,
    gone: `was closed ${ago}: ${question.reason}`,
  }[question.state]
  return new MeshError(
    "QUESTION_CLOSED",
    `${question.id} ${how}${/[.!?]$/.test(how) ? "" : "."}`,
    "Nothing is left to do for it; meshfleet questions lists those that wait.",
  )
}
