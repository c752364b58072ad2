import type { Message } from "./store.ts"

const interrupted = "[Tool execution was interrupted]"

/** The request of an OpenAI-compatible client for this conversation. Pure. */
export const requestOf = (
  system: readonly string[],
  history: readonly Message[],
  tools: readonly string[],
) => ({
  model: "m1",
  stream: true,
  messages: [
    { role: "system", content: system.join("\n\n") },
    ...history.flatMap(({ info, parts }) => {
      const text = parts.flatMap((part) => (part.type === "text" ? [part.text ?? ""] : []))
      if (info.role === "user") return [{ role: "user", content: text.join("\n") }]
      const calls = parts.filter(({ type }) => type === "tool")
      // An answer that broke before its first word is not part of the conversation.
      if (calls.length === 0 && text.length === 0) return []
      return [
        {
          role: "assistant",
          content: text.join("\n"),
          ...(calls.length > 0 && {
            tool_calls: calls.map(({ callID, tool, state }) => ({
              id: callID,
              type: "function",
              function: { name: tool, arguments: JSON.stringify(state!.input) },
            })),
          }),
        },
        ...calls.map(({ callID, state }) => ({
          role: "tool",
          tool_call_id: callID,
          content: state!.status === "running" ? interrupted : (state!.output ?? ""),
        })),
      ]
    }),
  ],
  tools: tools.map((name) => ({ type: "function", function: { name } })),
})
