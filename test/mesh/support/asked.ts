import type { Asked, PermissionAsk, QuestionAsk } from "../../../plugin/mesh/model/question.ts"

export const askPermission = (requestId: string, request: Partial<PermissionAsk>): Asked => ({
  kind: "permission",
  requestId,
  request: { permission: "bash", patterns: [], always: [], metadata: {}, ...request },
})

export const askQuestion = (requestId: string, questions: QuestionAsk["questions"]): Asked => ({
  kind: "question",
  requestId,
  request: { questions },
})
