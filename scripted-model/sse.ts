import type { Turn } from "./types.ts"

export interface Envelope {
  model: string
  /** Seconds since the epoch. */
  created: number
  /** Characters of the request, for an estimate of its tokens. */
  promptChars: number
  newId: () => string
}

/** Text of the answer, and the delta it travels in. */
type Piece = [text: string, wrap: (text: string) => object]

// English text and code have about four characters per token.
const tokensIn = (chars: number) => Math.ceil(chars / 4)

const split = (text: string, size = Infinity): string[] =>
  text.match(new RegExp(`.{1,${Number.isFinite(size) ? size : ""}}`, "gsu")) ?? [""]

const piecesOf = (turn: Turn, newId: () => string): Piece[] => {
  const piecesIn = (text: string | undefined, wrap: Piece[1]) =>
    text === undefined ? [] : split(text, turn.chunkSize).map((part): Piece => [part, wrap])
  return [
    ...piecesIn(turn.reasoning, (text) => ({ reasoning_content: text })),
    ...piecesIn(turn.text, (text) => ({ content: text })),
    ...(turn.toolCalls ?? []).flatMap(({ name, args }, index) => {
      // The id and name come once, with the first arguments; later deltas are joined by index.
      const head = { index, id: newId(), type: "function" }
      const [first = "", ...rest] = split(
        typeof args === "string" ? args : JSON.stringify(args),
        turn.chunkSize,
      )
      return [
        [first, (part) => ({ tool_calls: [{ ...head, function: { name, arguments: part } }] })],
        ...rest.map((text): Piece => [
          text,
          (part) => ({ tool_calls: [{ index, function: { arguments: part } }] }),
        ]),
      ] satisfies Piece[]
    }),
  ]
}

const cut = (pieces: readonly Piece[], limit: number): Piece[] => {
  let left = limit
  return pieces.flatMap(([text, wrap]): Piece[] => {
    const kept = text.slice(0, Math.max(0, left))
    left -= text.length
    return kept === "" ? [] : [[kept, wrap]]
  })
}

/** The server-sent events of a turn. One that is cut ends without finish reason, usage and [DONE]. */
export const renderTurn = (turn: Turn, { model, created, promptChars, newId }: Envelope) => {
  const completionId = `chatcmpl-${newId()}`
  const frame = (fields: object) => {
    const base = { id: completionId, object: "chat.completion.chunk", created, model }
    return `data: ${JSON.stringify({ ...base, ...fields })}\n\n`
  }
  const chunk = (delta: object, finish_reason: string | null = null) =>
    frame({ choices: [{ index: 0, delta, finish_reason }] })

  const pieces = piecesOf(turn, newId)
  const isCut = turn.cutAfterChars !== undefined
  const sent = isCut ? cut(pieces, turn.cutAfterChars ?? 0) : pieces
  const frames = [
    chunk({ role: "assistant", content: "" }),
    ...sent.map(([text, wrap]) => chunk(wrap(text))),
  ]
  if (isCut) return frames

  const usage = turn.usage ?? {
    prompt_tokens: tokensIn(promptChars),
    completion_tokens: tokensIn(pieces.reduce((sum, [text]) => sum + text.length, 0)),
  }
  const total_tokens = usage.prompt_tokens + usage.completion_tokens
  return [
    ...frames,
    chunk({}, turn.finish ?? (turn.toolCalls?.length ? "tool_calls" : "stop")),
    frame({ choices: [], usage: { ...usage, total_tokens } }),
    "data: [DONE]\n\n",
  ]
}
