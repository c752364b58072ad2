import { isoTime } from "../model/limits/numbers.ts"
import { mapInOrder } from "../model/in-order.ts"
import { tellDecided } from "./telling.ts"
import { type Given, type PermissionAnswer, readAnswer } from "./answer.ts"
import { requirePerson } from "../access.ts"
import type { Caller } from "../model/caller.ts"
import { MeshError } from "../model/errors.ts"
import { agentById } from "../ledger/tables/agents.ts"
import type { Query, Tx } from "../ledger/port.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import { fleetById } from "../ledger/tables/fleets.ts"
import { deleteGrant, grantById, grantsOfProject, insertGrant } from "../ledger/tables/grants.ts"
import type { Ledger } from "../ledger/ledger.ts"
import { closeQuestion, openQuestionsOfProject, questionById } from "../ledger/tables/questions.ts"
import type { QuestionRow } from "../ledger/tables/rows.ts"
import { grantsOf, type PermissionAsk, type QuestionAsk } from "../model/question.ts"

export interface QuestionsDeps {
  ledger: Ledger
}

/**
 * What agents ask a person, and the person's answers. No tool leads here: a model never answers for
 * the person, neither a lead nor a member.
 */
export const createQuestions = ({ ledger }: QuestionsDeps) => {
  const describe = async (db: Query, question: QuestionRow) => ({
    question_id: question.id,
    fleet_id: question.fleet_id,
    agent_id: question.agent_id,
    agent: (await agentById(db, question.agent_id))?.name ?? question.agent_id,
    kind: question.kind,
    wanted: question.wanted,
    request: JSON.parse(question.request) as PermissionAsk | QuestionAsk,
    asked_at: isoTime(question.asked_at),
    deadline_at: isoTime(question.deadline_at),
  })

  return {
    /** Those of the caller's project that wait for an answer, oldest first. */
    open: (caller: Caller) =>
      ledger.read(async (db) =>
        mapInOrder(await openQuestionsOfProject(db, caller.project), (question) =>
          describe(db, question),
        ),
      ),

    /** The first answer counts; whoever comes later learns what it was. */
    async answer(caller: Caller, id: string, given: Given) {
      requirePerson(caller, "answer questions")
      const answered = await ledger.transact(async (tx) => {
        const question = await requireQuestion(tx, caller, id)
        if (question.state !== "open") throw closed(question, tx.at)
        const { answer, reason } = readAnswer(question, given)
        await closeQuestion(tx, id, { state: "answered", answer, reason })
        const remembered = await remember(tx, caller.project, question, answer as PermissionAnswer)
        await appendEvent(tx, {
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
        const isChoice = question.kind === "question" && answer !== "reject"
        const words = isChoice ? (JSON.parse(answer) as string[][]) : answer
        await tellDecided(
          tx,
          question,
          typeof words === "string" ? words : words.join("; "),
          given.reason,
        )
        return {
          question_id: id,
          agent: (await agentById(tx, question.agent_id))!.name,
          wanted: question.wanted,
          answer: words,
          ...(reason !== null && { reason }),
          ...(remembered.length > 0 && { remembered }),
        }
      })
      return answered
    },

    /** What was granted for a fleet or for the project, oldest first. */
    grants: (caller: Caller) =>
      ledger.read(async (db) =>
        (await grantsOfProject(db, caller.project)).map((grant) => ({
          grant_id: grant.id,
          fleet_id: grant.fleet_id,
          permission: grant.permission,
          pattern: grant.pattern,
          exact: grant.exact === 1,
          granted_at: isoTime(grant.granted_at),
        })),
      ),

    /** From now on it is asked again. */
    async revoke(caller: Caller, id: string) {
      requirePerson(caller, "revoke grants")
      return ledger.transact(async (tx) => {
        const grant = await grantById(tx, id)
        if (grant?.project !== caller.project)
          throw new MeshError(
            "UNKNOWN_GRANT",
            `No grant "${id}" in this project.`,
            "meshfleet grants lists what was granted.",
          )
        await deleteGrant(tx, id)
        const { fleet_id, permission, pattern } = grant
        await appendEvent(tx, {
          type: "grant.revoked",
          fleetId: fleet_id,
          data: { grant_id: id, permission, pattern },
        })
        return { grant_id: id, permission, pattern }
      })
    },
  }

  async function remember(
    tx: Tx,
    project: string,
    question: QuestionRow,
    answer: PermissionAnswer,
  ) {
    if (question.kind !== "permission" || (answer !== "fleet" && answer !== "always")) return []
    return await mapInOrder(
      grantsOf(JSON.parse(question.request) as PermissionAsk, answer),
      async (grant) => {
        const id = tx.newId.grant()
        await insertGrant(tx, {
          ...grant,
          id,
          project,
          fleet_id: answer === "fleet" ? question.fleet_id : null,
          question_id: question.id,
          granted_at: tx.at,
        })
        return { grant_id: id, permission: grant.permission, pattern: grant.pattern }
      },
    )
  }
}

export type Questions = ReturnType<typeof createQuestions>
export type OpenQuestion = Awaited<ReturnType<Questions["open"]>>[number]

const requireQuestion = async (db: Query, caller: Caller, id: string) => {
  const question = await questionById(db, id)
  if (question && (await fleetById(db, question.fleet_id))?.project === caller.project)
    return question
  throw new MeshError(
    "UNKNOWN_QUESTION",
    `No question "${id}" in this project.`,
    "meshfleet questions lists those that are waiting for an answer.",
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
    "There is nothing left to do; meshfleet questions lists the open ones.",
  )
}
