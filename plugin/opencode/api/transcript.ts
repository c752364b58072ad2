import type { AssistantMessage, Part } from "@opencode-ai/sdk"
import type { Usage } from "../../mesh/ledger/usage.ts"
import type { LastAnswer } from "../../mesh/lifecycle/turn-outcome.ts"
import { deliveredIn, type StoredMessage } from "./sessions.ts"

/** Pure readings of a session's stored messages. */

export const textOf = (parts: readonly Part[]) =>
  parts
    .flatMap((part) =>
      part.type === "text" && !part.synthetic && !part.ignored ? [part.text] : [],
    )
    .join("\n")
    .trim()

export const lastAnswer = (messages: readonly StoredMessage[]): LastAnswer | undefined => {
  const last = messages.findLast(({ info }) => info.role === "assistant" && info.summary !== true)
  if (!last) return undefined
  const info = last.info as AssistantMessage
  return { text: textOf(last.parts), finish: info.finish, error: describeError(info.error) }
}

/** What an agent had said in its latest messages, when it came to no final answer. */
export const partialOf = (history: readonly StoredMessage[]) =>
  history
    .flatMap(({ info, parts }) => (info.role === "assistant" ? [textOf(parts)] : []))
    .filter((text) => text !== "")
    .at(-1) ?? null

/** A user message that no assistant message answers: it came just as the turn ended. */
export const isUnanswered = (messages: readonly StoredMessage[]) =>
  messages.at(-1)?.info.role === "user"

export const deliveredIds = (messages: readonly StoredMessage[]) =>
  new Set(messages.flatMap(({ parts }) => parts.flatMap(deliveredIn)))

/**
 * What a step of the model took; undefined while it is under way, and for one that failed. All that
 * was sent and received counts, with what came from the provider's cache.
 */
export const usageOf = ({
  id,
  tokens,
  cost,
  finish,
  error,
}: AssistantMessage): Usage | undefined => {
  const total =
    tokens.input + tokens.output + tokens.reasoning + tokens.cache.read + tokens.cache.write
  const isStep = total > 0 || (finish !== undefined && error === undefined)
  return isStep ? { messageId: id, tokens: total, costUsd: cost } : undefined
}

/** How long the provider wishes to be left alone, by the error that ended the last answer. */
export const retryAfterMs = (messages: readonly StoredMessage[]): number | undefined => {
  const last = messages.findLast(({ info }) => info.role === "assistant")?.info as
    | { error?: { data?: { responseHeaders?: Record<string, string> } } }
    | undefined
  const headers = last?.error?.data?.responseHeaders ?? {}
  const ms = Number(headers["retry-after-ms"] ?? Number(headers["retry-after"]) * 1000)
  return Number.isFinite(ms) ? ms : undefined
}

export const describeError = (error: unknown): { name: string; message: string } | undefined => {
  if (typeof error !== "object" || error === null) return undefined
  const { name, data, message } = error as {
    name?: string
    message?: string
    data?: { message?: string; statusCode?: number }
  }
  const status = data?.statusCode === undefined ? "" : ` (HTTP ${data.statusCode})`
  // OpenCode's unexpected errors carry their stack in the message.
  const text = (data?.message ?? message ?? "no message").split(/\n\s+at /)[0]!
  return { name: name ?? "Error", message: `${text}${status}`.slice(0, 600) }
}
