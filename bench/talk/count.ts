import type { ChatRequest, RecordedRequest } from "../../scripted-model/types.ts"

/** English text and code have about four bytes per token; the same estimate for both sides. */
const bytesPerToken = 4

/** What a cached token costs beside a new one, at most providers. */
const cachedShare = 0.1

export interface Count {
  requests: number
  tools: number
  system: number
  messages: number
  /** Bytes that no earlier request began with: what a prompt cache does not have. */
  fresh: number
  output: number
}

const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value))

/** In the order in which providers cache: tools, system text, conversation. */
const inOrder = ({ tools, messages }: ChatRequest) => {
  const isSystem = (message: ChatRequest["messages"][number]) => message.role === "system"
  return {
    tools: JSON.stringify(tools ?? []),
    system: JSON.stringify(messages.filter(isSystem)),
    messages: JSON.stringify(messages.filter((message) => !isSystem(message))),
  }
}

/** Requests in the order of their arrival, counted one by one. */
export const countRequests = (requests: readonly RecordedRequest[]) => {
  const earlier: Buffer[] = []
  return requests.map((request) => {
    const parts = inOrder(request.body)
    const whole = Buffer.from(parts.tools + parts.system + parts.messages)
    const known = Math.max(0, ...earlier.map((each) => commonPrefix(each, whole)))
    earlier.push(whole)
    return {
      request,
      tools: Buffer.byteLength(parts.tools),
      system: Buffer.byteLength(parts.system),
      messages: Buffer.byteLength(parts.messages),
      fresh: whole.length - known,
    }
  })
}

export type CountedRequest = ReturnType<typeof countRequests>[number]

export const sum = (counted: readonly CountedRequest[], output: number): Count => {
  const of = (what: "tools" | "system" | "messages" | "fresh") =>
    counted.reduce((total, each) => total + each[what], 0)
  return {
    requests: counted.length,
    tools: of("tools"),
    system: of("system"),
    messages: of("messages"),
    fresh: of("fresh"),
    output,
  }
}

export const inputOf = ({ tools, system, messages }: Count) => tools + system + messages

export const tokensOf = (bytes: number) => bytes / bytesPerToken

/** Input and output together, none of it cached. */
export const allTokens = (count: Count) => tokensOf(inputOf(count) + count.output)

/** Input and output, what a prompt cache has counted at its price. */
export const cachedTokens = (count: Count) =>
  tokensOf(count.fresh + cachedShare * (inputOf(count) - count.fresh) + count.output)

/** The answer's words and calls; their envelope is the provider's. */
export const outputBytes = (turn: {
  text?: string
  toolCalls?: { name: string; args: unknown }[]
}) =>
  Buffer.byteLength(turn.text ?? "") +
  (turn.toolCalls ?? []).reduce((total, each) => total + each.name.length + bytesOf(each.args), 0)

const commonPrefix = (a: Buffer, b: Buffer) => {
  const length = Math.min(a.length, b.length)
  let at = 0
  while (at < length && a[at] === b[at]) at++
  return at
}
