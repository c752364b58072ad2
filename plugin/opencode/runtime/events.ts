import type { Asked } from "../../mesh/model/question.ts"
import type { MessageInfo, MessagePart, SessionError } from "./messages.ts"

export type SessionStatus =
  | { type: "idle" | "busy" }
  /** The provider refused; the session asks again at `next`. */
  | { type: "retry"; message: string | undefined; next: number | undefined }

/**
 * What happens in sessions, as far as we act on it.
 *
 * Contract: the events of one session arrive in the order in which they happened. `session.idle`
 * comes once for each time a session comes to rest. The same message or part may be told often, each
 * time as it then is; a text is told at its beginning, then only by what is added, then whole.
 * `sessionId` is empty where OpenCode names no session.
 */
export type SessionEvent = { sessionId: string } & (
  | { type: "session.idle" }
  | { type: "session.status"; status: SessionStatus }
  /** A person may have deleted, archived or undone it, or taken that back. */
  | { type: "session.changed" }
  /** Without an error when the session was only aborted. */
  | { type: "session.failed"; error: SessionError | undefined }
  | { type: "message.updated"; message: MessageInfo }
  | { type: "part.updated"; part: MessagePart }
  | { type: "text.added"; partId: string; text: string }
  /** An agent asks a person. */
  | { type: "request.opened"; asked: Asked }
  /** Its request was answered or rejected, by whomever. */
  | { type: "request.closed"; requestId: string; reply: string }
)
