import type { AssistantMessage, Message, Part, ToolPart } from "@opencode-ai/sdk"
import type { Usage } from "../../mesh/ledger/tables/usage.ts"
import type {
  MessageInfo,
  MessagePart,
  Replacement,
  SessionError,
  StoredMessage,
  ToolStatus,
} from "../runtime/messages.ts"

/** Where a prompt of ours carries the ids of its deliveries. */
export const deliveryMetadata = (ids: readonly string[]) => ({ meshfleet: ids })

export interface RawMessage {
  info: Message
  parts: Part[]
}

/** From OpenCode's messages to ours, here and nowhere else. */
export const messageOf = ({ info, parts }: RawMessage): StoredMessage => ({
  ...infoOf(info),
  parts: parts.map(partOf),
})

export const infoOf = (info: Message): MessageInfo =>
  info.role === "assistant"
    ? {
        role: "assistant",
        id: info.id,
        provider: info.providerID,
        finish: info.finish,
        error: errorOf(info.error),
        isSummary: info.summary === true,
        usage: usageOf(info),
        ...takenBy(info),
      }
    : { role: "user", id: info.id }

export const partOf = (part: Part): MessagePart => {
  if (part.type === "text")
    return {
      type: "text",
      id: part.id,
      messageId: part.messageID,
      text: part.text ?? "",
      isHidden: part.synthetic === true || part.ignored === true,
      isComplete: part.time?.end !== undefined,
      delivered: deliveredIn(part.metadata),
    }
  if (part.type === "tool")
    return {
      type: "tool",
      id: part.id,
      messageId: part.messageID,
      tool: part.tool,
      callId: part.callID,
      status: (part.state?.status ?? "pending") as ToolStatus,
      input: part.state?.input,
      exit: exitOf(part),
      output: part.state?.status === "completed" ? part.state.output : "",
      ...ranFrom(part),
    }
  return { type: "other" }
}

const ranFrom = ({ state }: ToolPart) => {
  const isOver = state?.status === "completed" || state?.status === "error"
  const { start, end } = (isOver && state.time) || {}
  return start === undefined || end === undefined ? {} : { ran: { from: start, to: end } }
}

const countOf = (value: number | undefined) => (Number.isFinite(value) ? value! : 0)

const takenBy = ({ time, modelID, tokens }: AssistantMessage) => {
  const [from, to] = [time?.created, time?.completed]
  if (from === undefined || to === undefined) return {}
  const cached = countOf(tokens?.cache?.read)
  const input = countOf(tokens?.input) + cached + countOf(tokens?.cache?.write)
  const output = countOf(tokens?.output) + countOf(tokens?.reasoning)
  return { taken: { from, to, model: modelID, input, cached, output } }
}

const exitOf = ({ state }: ToolPart) => {
  const exit = state?.status === "completed" ? state.metadata?.["exit"] : undefined
  return typeof exit === "number" ? exit : undefined
}

const deliveredIn = (metadata: Record<string, unknown> | undefined): readonly string[] => {
  const ids = metadata?.["meshfleet"]
  return Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : []
}

/**
 * What a step of the model took; undefined while it is under way, and for one that failed. All that
 * was sent and received counts, with what came from the provider's cache.
 */
const usageOf = ({ id, tokens, cost, finish, error }: AssistantMessage): Usage | undefined => {
  const sum = tokens
    ? tokens.input + tokens.output + tokens.reasoning + tokens.cache.read + tokens.cache.write
    : 0
  // A provider's plugin may leave out what it does not count; the ledger takes numbers only.
  const total = Number.isFinite(sum) ? sum : 0
  const isStep = total > 0 || (finish !== undefined && error === undefined)
  return isStep
    ? { messageId: id, tokens: total, costUsd: Number.isFinite(cost) ? cost : 0 }
    : undefined
}

export const errorOf = (error: unknown): SessionError | undefined => {
  if (typeof error !== "object" || error === null) return undefined
  const { name, data, message } = error as {
    name?: string
    message?: string
    data?: {
      message?: string
      statusCode?: number
      responseHeaders?: Record<string, string>
    }
  }
  const status = data?.statusCode === undefined ? "" : ` (HTTP ${data.statusCode})`
  // OpenCode's unexpected errors carry their stack in the message.
  const text = (data?.message ?? message ?? "no message").split(/\n\s+at /)[0]!
  const retryAfterMs = retryAfterOf(data?.responseHeaders ?? {})
  return {
    name: name ?? "Error",
    message: `${text}${status}`.slice(0, 600),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }
}

const retryAfterOf = (headers: Record<string, string>): number | undefined => {
  const ms = Number(headers["retry-after-ms"] ?? Number(headers["retry-after"]) * 1000)
  return Number.isFinite(ms) ? ms : undefined
}

/** Whether somebody typed it: what we put into a session is hidden text alone. */
export const isPersons = (parts: readonly Part[]) =>
  parts.some((part) => part.type !== "text" || part.synthetic !== true)

/** Puts text behind the words of a person's prompt. Changes `parts`, as OpenCode's hook wants it. */
export const appendText = (
  parts: Part[],
  prompt: { sessionID: string; messageID: string },
  text: string,
) => {
  const last = parts.at(-1)
  // Parts are read in the order of their ids.
  if (last) parts.push({ ...prompt, id: `${last.id}0`, type: "text", text, synthetic: true })
}

/**
 * Says which of these tools the model is told of in this step. OpenCode 1.18 leaves out what the newest
 * message of a user turns off, and what a hook writes there is never stored.
 */
export const showTools = (messages: RawMessage[], names: readonly string[], isShown: boolean) => {
  const shown = Object.fromEntries(names.map((name) => [name, isShown]))
  for (const { info } of messages)
    if (info.role === "user") info.tools = { ...info.tools, ...shown }
}

/** Changes `messages`, as OpenCode's hook wants it; what it holds is never stored. */
export const replaceTexts = (messages: RawMessage[], replacements: readonly Replacement[]) => {
  for (const { message, part, text } of replacements) {
    const parts = messages[message]?.parts
    const before = parts?.[part]
    if (parts && before?.type === "text") parts[part] = { ...before, text }
  }
}
