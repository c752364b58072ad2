import { expect, test } from "bun:test"
import {
  chooseStep,
  contextOf,
  identifyAgent,
  isTitleRequest,
  stepOf,
} from "../../scripted-model/turn.ts"
import type { ChatMessage, ChatRequest } from "../../scripted-model/types.ts"

const bash = { type: "function", function: { name: "bash" } }
const request = (messages: ChatMessage[], tools = [bash]): ChatRequest => ({
  model: "m1",
  stream: true,
  messages,
  tools,
})
const called = (id: string, name: string, args: string): ChatMessage => ({
  role: "assistant",
  content: null,
  tool_calls: [{ id, function: { name, arguments: args } }],
})

test("the system text names the agent", () => {
  const body = request([
    { role: "system", content: "You are OpenCode." },
    { role: "system", content: 'You are agent "explorer" of fleet flt_1.' },
    { role: "user", content: "[[as:somebody]] look" },
  ])
  expect(identifyAgent(body)).toBe("explorer")
})

test("a marker in the first user message names the agent, and nobody is the lead", () => {
  const parts = [{ type: "text", text: "hello [[as:night watch]]" }]
  expect(identifyAgent(request([{ role: "user", content: parts }]))).toBe("night watch")
  const late = request([
    { role: "user", content: "hello" },
    { role: "user", content: "[[as:late]]" },
  ])
  expect(identifyAgent(late)).toBe("lead")
})

test("a request without tools is a title", () => {
  expect(isTitleRequest(request([], []))).toBe(true)
  expect(isTitleRequest(request([]))).toBe(false)
  expect(isTitleRequest({ model: "m1", messages: [] })).toBe(true)
})

test("the step is the number of answers already given", () => {
  const body = request([
    { role: "user", content: "go" },
    called("1", "bash", "{}"),
    { role: "tool", tool_call_id: "1", content: "ok" },
    { role: "assistant", content: "done" },
    { role: "user", content: "again" },
  ])
  expect(stepOf(body)).toBe(2)
})

test("past the end a last function goes on, a last turn is over", () => {
  const answer = () => ({ text: "still here" })
  expect(chooseStep([{ text: "one" }, answer], 7)).toBe(answer)
  expect(chooseStep([answer, { text: "two" }], 1)).toEqual({ text: "two" })
  expect(chooseStep([answer, { text: "two" }], 2)).toEqual({ text: "Done." })
})

test("an agent without a script gets the fallback", () => {
  expect(chooseStep(undefined, 3)).toEqual({ text: "Done." })
  expect(chooseStep(undefined, 3, { text: "Nothing to do." })).toEqual({ text: "Nothing to do." })
})

test("a step reads tool results with their calls, parsed when they are JSON", () => {
  const context = contextOf(
    request([
      { role: "system", content: "one" },
      { role: "system", content: "two" },
      { role: "user", content: "start" },
      called("a", "spawn_fleet", '{"agents":[]}'),
      { role: "tool", tool_call_id: "a", content: '{"fleet_id":"flt_1"}' },
      called("b", "bash", '{"command":"echo 42"}'),
      { role: "tool", tool_call_id: "b", content: "42" },
      { role: "user", content: [{ type: "text", text: "go on" }] },
    ]),
    { agent: "lead", headers: { "x-a": "1" }, index: 4 },
  )
  expect(context.toolResults).toEqual([
    {
      name: "spawn_fleet",
      args: { agents: [] },
      output: { fleet_id: "flt_1" },
      text: '{"fleet_id":"flt_1"}',
    },
    { name: "bash", args: { command: "echo 42" }, output: "42", text: "42" },
  ])
  expect(context.lastToolResult).toBe("42")
  expect(context).toMatchObject({
    agent: "lead",
    step: 2,
    index: 4,
    tools: ["bash"],
    system: "one\n\ntwo",
    lastUser: "go on",
    headers: { "x-a": "1" },
  })
})
