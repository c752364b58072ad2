import type { ShellRun } from "../../mesh/model/failed-check.ts"
import type { LastAnswer } from "../../mesh/lifecycle/turn-outcome.ts"
import type { MessagePart, StoredMessage } from "./messages.ts"

/** Pure readings of a session's stored messages. */

const textOf = (parts: readonly MessagePart[]) =>
  parts
    .flatMap((part) => (part.type === "text" && !part.isHidden ? [part.text] : []))
    .join("\n")
    .trim()

export const lastAnswer = (messages: readonly StoredMessage[]): LastAnswer | undefined => {
  const last = messages.findLast((each) => each.role === "assistant" && !each.isSummary)
  if (last?.role !== "assistant") return undefined
  return { text: textOf(last.parts), finish: last.finish, error: last.error }
}

/** What an agent had said in its latest messages, when it came to no final answer. */
export const partialOf = (history: readonly StoredMessage[]) =>
  history
    .flatMap(({ role, parts }) => (role === "assistant" ? [textOf(parts)] : []))
    .filter((text) => text !== "")
    .at(-1) ?? null

/** The shell commands that have ended, oldest first. */
export const shellRunsOf = (messages: readonly StoredMessage[]): ShellRun[] =>
  messages.flatMap(({ parts }) =>
    parts.flatMap((part) => {
      if (part.type !== "tool" || part.tool !== "bash" || part.exit === undefined) return []
      const command = String((part.input as { command?: unknown } | undefined)?.command ?? "")
      return [{ command, exit: part.exit, output: part.output }]
    }),
  )

/** A user message that no assistant message answers: it came just as the turn ended. */
export const isUnanswered = (messages: readonly StoredMessage[]) => messages.at(-1)?.role === "user"

/** Deliveries are known again by the ids in their parts. */
export const deliveredIn = (part: MessagePart): readonly string[] =>
  part.type === "text" ? part.delivered : []

export const deliveredIds = (messages: readonly StoredMessage[]) =>
  new Set(messages.flatMap(({ parts }) => parts.flatMap(deliveredIn)))

/** How long the provider wishes to be left alone, by the error that ended the last answer. */
export const retryAfterMs = (messages: readonly StoredMessage[]): number | undefined => {
  const last = messages.findLast(({ role }) => role === "assistant")
  return last?.role === "assistant" ? last.error?.retryAfterMs : undefined
}
