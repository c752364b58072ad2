import { expect, test } from "bun:test"
import { renderTurn } from "../../scripted-model/sse.ts"
import type { Turn } from "../../scripted-model/types.ts"

const render = (turn: Turn) => {
  let ids = 0
  return renderTurn(turn, {
    model: "m1",
    created: 1_700_000_000,
    promptChars: 400,
    newId: () => `call_${ids++}`,
  })
}
const chunks = (turn: Turn) =>
  render(turn)
    .filter((frame) => frame !== "data: [DONE]\n\n")
    .map((frame) => JSON.parse(frame.slice("data: ".length)))
const deltas = (turn: Turn) =>
  chunks(turn).flatMap(({ choices }) => choices.map((c: any) => c.delta))

test("a text is a role, its content, a finish reason, the usage and [DONE]", () => {
  const frames = render({ text: "Hello." })
  expect(frames.at(-1)).toBe("data: [DONE]\n\n")
  expect(frames.every((frame) => /^data: .*\n\n$/.test(frame))).toBe(true)
  const [role, content, finish, usage] = chunks({ text: "Hello." })
  expect(role).toMatchObject({
    object: "chat.completion.chunk",
    created: 1_700_000_000,
    model: "m1",
    choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }],
  })
  expect(content.choices[0].delta).toEqual({ content: "Hello." })
  expect(finish.choices[0]).toEqual({ index: 0, delta: {}, finish_reason: "stop" })
  expect(usage).toMatchObject({
    choices: [],
    usage: { prompt_tokens: 100, completion_tokens: 2, total_tokens: 102 },
  })
})

test("reasoning comes before the text, in chunks of the size asked for", () => {
  expect(deltas({ reasoning: "hm\nso", text: "ab🚀c", chunkSize: 2 }).slice(1, -1)).toEqual([
    { reasoning_content: "hm" },
    { reasoning_content: "\ns" },
    { reasoning_content: "o" },
    { content: "ab" },
    { content: "🚀c" },
  ])
})

test("tool calls carry index, id and name once, and their arguments in parts", () => {
  const turn: Turn = {
    toolCalls: [
      { name: "bash", args: { a: 1 } },
      { name: "read", args: "{bro" },
    ],
    chunkSize: 4,
  }
  expect(deltas(turn).slice(1, -1)).toEqual([
    {
      tool_calls: [
        { index: 0, id: "call_1", type: "function", function: { name: "bash", arguments: '{"a"' } },
      ],
    },
    { tool_calls: [{ index: 0, function: { arguments: ":1}" } }] },
    {
      tool_calls: [
        { index: 1, id: "call_2", type: "function", function: { name: "read", arguments: "{bro" } },
      ],
    },
  ])
  expect(chunks(turn).at(-2).choices[0].finish_reason).toBe("tool_calls")
})

test("usage and finish reason can be set", () => {
  const usage = { prompt_tokens: 7, completion_tokens: 3 }
  const [finish, last] = chunks({ text: "x", usage, finish: "length" }).slice(-2)
  expect(finish.choices[0].finish_reason).toBe("length")
  expect(last.usage).toEqual({ ...usage, total_tokens: 10 })
})

test("a cut turn keeps its first characters and has no end", () => {
  const turn: Turn = { reasoning: "why", text: "because of it", cutAfterChars: 5 }
  expect(deltas(turn).slice(1)).toEqual([{ reasoning_content: "why" }, { content: "be" }])
  expect(render(turn).join("")).not.toContain("[DONE]")
  expect(deltas({ text: "x", cutAfterChars: 0 })).toEqual([{ role: "assistant", content: "" }])
})
