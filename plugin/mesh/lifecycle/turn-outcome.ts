import type { Failure } from "../model/agent.ts"
import { isRateLimit } from "./cool-down.ts"

/** The last answer of a session, as far as success or failure hangs on it. */
export interface LastAnswer {
  text: string
  /** OpenCode's finish reason: stop, tool-calls, length, unknown… */
  finish: string | undefined
  error: { name: string; message: string } | undefined
}

export type TurnOutcome = { ok: true; output: string } | { ok: false; failure: Failure }

const fail = (code: Failure["code"], detail: string): TurnOutcome => ({
  ok: false,
  failure: { code, detail },
})

const failSession = (error: string) =>
  isRateLimit(error)
    ? fail("RATE_LIMITED", `the provider limits its rate: ${error}`)
    : fail("SESSION_ERROR", error)

export const cutStream = fail("STREAM_CUT", "the model's stream ended in mid-answer")

/** Success is a real final answer: OpenCode being idle, or its exit code 0, proves nothing. */
export const judgeTurn = (
  answer: LastAnswer | undefined,
  sessionError: string | undefined,
): TurnOutcome => {
  if (answer?.error) return failSession(`${answer.error.name}: ${answer.error.message}`)
  if (sessionError) return failSession(sessionError)
  if (!answer) return fail("EMPTY_ANSWER", "the model gave no answer")
  const { finish, text } = answer
  if (finish === "length") return fail("STREAM_CUT", "the answer reached the model's output limit")
  if (finish === "content-filter")
    return fail("SESSION_ERROR", "the provider's filter stopped the answer")
  if (finish === undefined || finish === "unknown" || finish === "error") return cutStream
  if (finish === "tool-calls")
    return fail("STREAM_CUT", "the session went idle after a tool call, before an answer")
  if (text.trim() === "") return fail("EMPTY_ANSWER", "the model's final answer was empty")
  return { ok: true, output: text }
}
