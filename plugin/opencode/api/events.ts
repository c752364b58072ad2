import type { Message, Part } from "@opencode-ai/sdk"
import { type Asked, type QuestionAsk, shortened } from "../../mesh/model/question.ts"
import type { SessionEvent, SessionStatus } from "../runtime/events.ts"
import { errorOf, infoOf, partOf } from "./messages.ts"

/** OpenCode's own types of its events are behind what it sends (1.18.33), so we look for ourselves. */
interface RawEvent {
  type: string
  properties?: Record<string, unknown>
}

/** From OpenCode's events to ours, here and nowhere else; undefined for all we do not act on. */
export const eventOf = (event: RawEvent): SessionEvent | undefined => {
  const properties = event.properties ?? {}
  const sessionId = sessionIdOf(properties)
  switch (event.type) {
    case "session.deleted":
    case "session.updated":
      return { type: "session.changed", sessionId }
    case "session.idle":
      return { type: "session.idle", sessionId }
    case "session.status":
      return { type: "session.status", sessionId, status: statusOf(properties["status"]) }
    case "session.error": {
      const error = errorOf(properties["error"])
      const isAborted = error?.name === "MessageAbortedError"
      return { type: "session.failed", sessionId, error: isAborted ? undefined : error }
    }
    case "message.updated":
      return {
        type: "message.updated",
        sessionId,
        message: infoOf(properties["info"] as Message),
      }
    case "message.part.updated":
      return { type: "part.updated", sessionId, part: partOf(properties["part"] as Part) }
    case "message.part.delta": {
      const { partID, field, delta } = properties as Record<string, string>
      if (field !== "text") return undefined
      return { type: "text.added", sessionId, partId: String(partID), text: delta ?? "" }
    }
    case "permission.asked":
      return { type: "request.opened", sessionId, asked: permissionOf(properties) }
    case "question.asked":
      return { type: "request.opened", sessionId, asked: questionOf(properties) }
    case "permission.replied":
    case "question.replied":
    case "question.rejected":
      return {
        type: "request.closed",
        sessionId,
        requestId: String(properties["requestID"]),
        // once, always or reject; what answered a question is not ours to keep.
        reply:
          event.type === "permission.replied"
            ? String(properties["reply"])
            : event.type.slice("question.".length),
      }
    default:
      return undefined
  }
}

const sessionIdOf = (properties: Record<string, unknown>): string => {
  const info = properties["info"] as { id?: string; sessionID?: string } | undefined
  const part = properties["part"] as { sessionID?: string } | undefined
  return String(properties["sessionID"] ?? info?.sessionID ?? part?.sessionID ?? info?.id ?? "")
}

const statusOf = (status: unknown): SessionStatus => {
  const { type, message, next } = (status ?? {}) as {
    type?: string
    message?: string
    next?: number
  }
  if (type === "retry") return { type, message, next }
  return { type: type === "idle" ? "idle" : "busy" }
}

/** What is missing in a request counts as empty: it is to be answered in any case. */
const permissionOf = (properties: Record<string, unknown>): Asked => ({
  kind: "permission",
  requestId: String(properties["id"]),
  request: {
    permission: String(properties["permission"] ?? ""),
    patterns: texts(properties["patterns"]),
    always: texts(properties["always"]),
    metadata: shortened(properties["metadata"] ?? {}) as Record<string, unknown>,
  },
})

const questionOf = (properties: Record<string, unknown>): Asked => ({
  kind: "question",
  requestId: String(properties["id"]),
  request: { questions: list(properties["questions"]) as QuestionAsk["questions"] },
})

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const texts = (value: unknown) => list(value).map(String)
