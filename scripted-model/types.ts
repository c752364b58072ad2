/** What the model answers once. Without any field it is an empty answer. */
export interface Turn {
  text?: string
  reasoning?: string
  /** A string is sent as it is, so that broken arguments can be scripted too. */
  toolCalls?: { name: string; args: object | string }[]
  /** Before the response headers. */
  delayMs?: number
  /** Before each chunk after the first. */
  chunkDelayMs?: number
  /** Characters per delta; all at once when absent. */
  chunkSize?: number
  usage?: { prompt_tokens: number; completion_tokens: number }
  /** The finish reason; "tool_calls" or "stop" when absent. */
  finish?: string
  error?: { status: number; headers?: Record<string, string>; body?: unknown }
  /** Destroys the socket after this many characters, without a finish reason. */
  cutAfterChars?: number
  /** Sends the headers, then nothing until either side closes. */
  hang?: true
  /** Before the response headers, like delayMs. */
  holdUntil?: Promise<unknown>
}

export interface ToolResult {
  name: string
  args: unknown
  /** Parsed when the text is a JSON object or array, else the text. */
  output: unknown
  text: string
}

export interface StepContext {
  agent: string
  step: number
  messages: ChatMessage[]
  /** Names of the tools on offer. */
  tools: string[]
  system: string
  /** Text of the last user message. */
  lastUser: string
  /** Of the whole conversation, in order. */
  toolResults: ToolResult[]
  /** The output of the last tool result; undefined when there is none. */
  lastToolResult: any
  headers: Record<string, string>
  /** Position of this request among all that the server received. */
  index: number
}

export type Step = Turn | ((context: StepContext) => Turn | Promise<Turn>)

export interface ChatMessage {
  role: string
  content?: string | null | { type: string; text?: string }[]
  tool_calls?: { id: string; function: { name: string; arguments: string } }[]
  tool_call_id?: string
}

export interface ChatRequest {
  model: string
  messages: ChatMessage[]
  tools?: { type: string; function: { name: string; description?: string; parameters?: unknown } }[]
  stream?: boolean
  [key: string]: unknown
}

export interface RecordedRequest {
  /** Milliseconds since the epoch, with fractions: comparable between processes. */
  at: number
  agent: string
  /** Which of the agent's steps answers; -1 for a title. */
  step: number
  isTitle: boolean
  body: ChatRequest
  headers: Record<string, string>
  /** The client went away before the answer was complete. */
  aborted: boolean
  /** What a step threw. */
  error?: string
}
