import type { Query } from "../ledger/port.ts"
import { allOpenQuestions, openQuestionsOfProject } from "../ledger/tables/questions.ts"
import { mapInOrder } from "../model/in-order.ts"
import type { PermissionAsk, QuestionAsk } from "../model/question.ts"
import { agentById } from "../ledger/tables/agents.ts"
import type { QuestionShown } from "./shown.ts"

/** What agents of a project, or of all, ask a person, oldest first. What would run is shown whole. */
export const questionsOf = async (
  db: Query,
  project: string | undefined,
): Promise<QuestionShown[]> => {
  const rows =
    project === undefined ? await allOpenQuestions(db) : await openQuestionsOfProject(db, project)
  return mapInOrder(rows, async (row) => ({
    id: row.id,
    fleetId: row.fleet_id,
    agentId: row.agent_id,
    agent: (await agentById(db, row.agent_id))?.name ?? row.agent_id,
    kind: row.kind,
    wanted: row.wanted,
    detail: row.kind === "permission" ? detailOf(JSON.parse(row.request) as PermissionAsk) : "",
    questions:
      row.kind === "permission"
        ? []
        : (JSON.parse(row.request) as QuestionAsk).questions.map((each) => ({
            question: each.question,
            options: each.options.map(({ label, description }) => ({ label, description })),
            multiple: each.multiple === true,
            custom: each.custom !== false,
          })),
    askedAt: row.asked_at,
    deadlineAt: row.deadline_at,
  }))
}

/** A command as it is, else what OpenCode tells of the call. */
const detailOf = ({ permission, patterns, metadata }: PermissionAsk) => {
  const { command, diff, filepath } = metadata
  if (typeof command === "string") return command
  const told = [filepath, diff].filter((each) => typeof each === "string")
  return told.length > 0 ? told.join("\n") : `${permission} ${patterns.join("\n")}`.trim()
}
