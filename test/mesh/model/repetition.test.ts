import { expect, test } from "bun:test"
import { countCall, type Repetition, type ToolCall } from "../../../plugin/mesh/model/repetition.ts"

const counted = (calls: [tool: string, input: unknown][]) =>
  calls.reduce<Repetition | undefined>(
    (before, [tool, input], index) => countCall(before, { callId: `${index}`, tool, input }),
    undefined,
  )?.callIds.size

test("the same tool with the same input in a row is counted, anything else begins anew", () => {
  expect(
    counted([
      ["bash", { command: "ls" }],
      ["bash", { command: "ls" }],
    ]),
  ).toBe(2)
  expect(
    counted([
      ["bash", { command: "ls" }],
      ["bash", { command: "pwd" }],
    ]),
  ).toBe(1)
  expect(
    counted([
      ["bash", { command: "ls" }],
      ["read", { command: "ls" }],
    ]),
  ).toBe(1)
  expect(
    counted([
      ["bash", {}],
      ["read", {}],
      ["bash", {}],
    ]),
  ).toBe(1)
})

test("a call that is told of several times is one", () => {
  const call: ToolCall = { callId: "1", tool: "bash", input: { command: "ls" } }
  const once = countCall(undefined, call)
  expect(countCall(once, call)).toBe(once!)
})

test("a call that waits is repeated by design", () => {
  const wait: [string, unknown] = ["get_inbox", { wait_seconds: 60 }]
  expect(counted([wait, wait, wait])).toBeUndefined()
  expect(counted([["bash", {}], wait, ["bash", {}]])).toBe(2)
})
