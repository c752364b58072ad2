import { textOf } from "../../scripted-model/turn.ts"
import type { StepContext, ToolResult, Turn } from "../../scripted-model/types.ts"

export const say = (text: string): Turn => ({ text })

export const call = (name: string, args: object): Turn => ({ toolCalls: [{ name, args }] })

export const resultsOf = ({ toolResults }: StepContext, name: string): ToolResult[] =>
  toolResults.filter((result) => result.name === name)

/** The payload of a peer's message, once it is in the conversation. */
export const mailFrom = (context: StepContext, type: string, from: string): any => {
  const head = new RegExp(`\\[meshfleet\\] ${type} from ${from}(?: to all)?,[^\\n]*:\\n> (.*)`)
  for (const message of context.messages) {
    if (message.role !== "user") continue
    const payload = head.exec(textOf(message))?.[1]
    if (payload !== undefined) return payload.startsWith("{") ? JSON.parse(payload) : payload
  }
  return undefined
}

export interface Place {
  /** Relative to the project. */
  file: string
  line: number
  text: string
}

/** The lines of a `git grep -n`. */
export const placesIn = ({ text }: Pick<ToolResult, "text">): Place[] =>
  [...text.matchAll(/^([^:\n]+):(\d+):(.*)$/gm)].map(([, file = "", line, found = ""]) => ({
    file,
    line: Number(line),
    text: found.trim(),
  }))

export const show = ({ file, line }: Pick<Place, "file" | "line">) => `${file}:${line}`
