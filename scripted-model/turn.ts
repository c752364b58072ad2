import type { ChatMessage, ChatRequest, Step, StepContext, ToolResult, Turn } from "./types.ts"

export const textOf = ({ content }: ChatMessage): string =>
  typeof content === "string" ? content : (content ?? []).map((part) => part.text ?? "").join("\n")

const ofRole = (body: ChatRequest, role: string) =>
  body.messages.filter((message) => message.role === role)

const systemOf = (body: ChatRequest) => ofRole(body, "system").map(textOf).join("\n\n")

export const lastUserOf = (body: ChatRequest) => ofRole(body, "user").map(textOf).at(-1) ?? ""

/** The system text names a fleet's agent; a marker in the prompt names anybody else. */
export const identifyAgent = (body: ChatRequest): string => {
  const named = /You are agent "([^"]+)"/.exec(systemOf(body))?.[1]
  const first = ofRole(body, "user").map(textOf)[0] ?? ""
  return named ?? /\[\[as:([^\]]+)\]\]/.exec(first)?.[1] ?? "lead"
}

/** OpenCode asks for titles, summaries and compactions without offering tools. */
export const isTitleRequest = (body: ChatRequest) => (body.tools ?? []).length === 0

/** Counted from the request alone, so a resumed session goes on where it was, on any server. */
export const stepOf = (body: ChatRequest) => ofRole(body, "assistant").length

const parseOutput = (text: string): unknown => {
  // "42" from a shell is a text to whoever scripted it, though JSON would take it.
  if (!/^\s*[{[]/.test(text)) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const toolResultsOf = (body: ChatRequest): ToolResult[] => {
  const calls = new Map(
    body.messages.flatMap((message) => message.tool_calls ?? []).map((call) => [call.id, call]),
  )
  return ofRole(body, "tool").map((message) => {
    const call = calls.get(message.tool_call_id ?? "")?.function
    const text = textOf(message)
    return {
      name: call?.name ?? "",
      args: parseOutput(call?.arguments ?? ""),
      output: parseOutput(text),
      text,
    }
  })
}

export const contextOf = (
  body: ChatRequest,
  from: Pick<StepContext, "agent" | "headers" | "index">,
): StepContext => {
  const toolResults = toolResultsOf(body)
  return {
    ...from,
    step: stepOf(body),
    messages: body.messages,
    tools: (body.tools ?? []).map((tool) => tool.function.name),
    system: systemOf(body),
    lastUser: lastUserOf(body),
    toolResults,
    lastToolResult: toolResults.at(-1)?.output,
  }
}

/** A script that ends in a function keeps answering with it; one that ends in a turn is over. */
export const chooseStep = (
  steps: readonly Step[] | undefined,
  step: number,
  fallback: Step = { text: "Done." },
): Step => {
  if (!steps) return fallback
  const last = steps.at(-1)
  return steps[step] ?? (typeof last === "function" ? last : { text: "Done." })
}

export const titleTurn: Turn = { text: "Scripted title" }
