import { describe, expect, test } from "bun:test"
import type { StoredMessage } from "../../../plugin/opencode/api/sessions.ts"
import {
  deliveredIds,
  describeError,
  isUnanswered,
  lastAnswer,
  retryAfterMs,
  usageOf,
} from "../../../plugin/opencode/api/transcript.ts"

const none = { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } }
const stored = (role: "user" | "assistant", parts: object[], info: object = {}) =>
  ({ info: { role, tokens: none, cost: 0, ...info }, parts }) as unknown as StoredMessage
const text = (value: string, more: object = {}) => ({ type: "text", text: value, ...more })

test("the last answer is the model's own text, without what we or OpenCode put in", () => {
  const history = [
    stored("assistant", [text("earlier")], { finish: "stop" }),
    stored("assistant", [text("summary")], { summary: true }),
    stored(
      "assistant",
      [
        text("a"),
        text("ours", { synthetic: true }),
        text("hidden", { ignored: true }),
        { type: "tool" },
        text("b"),
      ],
      { finish: "stop" },
    ),
    stored("user", [text("more?")]),
  ]
  expect(lastAnswer(history)).toMatchObject({ text: "a\nb", finish: "stop", error: undefined })
  expect(lastAnswer(history.slice(0, 2))?.text).toBe("earlier")
  expect(lastAnswer([])).toBeUndefined()
})

test("a conversation that ends with the user is unanswered", () => {
  expect(isUnanswered([stored("user", [])])).toBe(true)
  expect(isUnanswered([stored("user", []), stored("assistant", [])])).toBe(false)
  expect(isUnanswered([])).toBe(false)
})

test("deliveries are known again by the ids in their parts, whatever else is there", () => {
  const history = [
    stored("user", [
      text("x", { metadata: { meshfleet: ["msg_1", "msg_2"] } }),
      text("y", { metadata: { meshfleet: "no list" } }),
    ]),
    stored("user", [text("z", { metadata: { meshfleet: ["msg_3", 4] } }), text("plain")]),
  ]
  expect([...deliveredIds(history)]).toEqual(["msg_1", "msg_2", "msg_3"])
})

describe("usage", () => {
  const usage = (info: object) => usageOf({ id: "m1", cost: 0, tokens: none, ...info } as never)

  test("counts all tokens of a message", () => {
    const tokens = { input: 1, output: 2, reasoning: 4, cache: { read: 8, write: 16 } }
    expect(usage({ cost: 0.5, tokens })).toEqual({ messageId: "m1", tokens: 31, costUsd: 0.5 })
  })

  test("of a finished step counts without tokens too, of one under way or failed it does not", () => {
    expect(usage({ finish: "stop" })).toEqual({ messageId: "m1", tokens: 0, costUsd: 0 })
    expect(usage({})).toBeUndefined()
    expect(usage({ finish: "error", error: { name: "APIError" } })).toBeUndefined()
  })
})

test("a provider's wish to be left alone is read from the error of the last answer", () => {
  const failed = (responseHeaders: object) => [
    { info: { role: "assistant", error: { data: { responseHeaders } } }, parts: [] } as never,
  ]
  expect(retryAfterMs(failed({ "retry-after": "7" }))).toBe(7000)
  expect(retryAfterMs(failed({ "retry-after-ms": "1500", "retry-after": "2" }))).toBe(1500)
  expect(retryAfterMs(failed({}))).toBeUndefined()
  expect(retryAfterMs([])).toBeUndefined()
})

test("errors of any form are told in one line", () => {
  expect(describeError(undefined)).toBeUndefined()
  expect(describeError({ name: "APIError", data: { message: "denied", statusCode: 401 } })).toEqual(
    { name: "APIError", message: "denied (HTTP 401)" },
  )
  expect(describeError(new TypeError("x"))).toEqual({ name: "TypeError", message: "x" })
  expect(describeError({})).toEqual({ name: "Error", message: "no message" })
})
