import { expect, test } from "bun:test"
import type { MessagePart, StoredMessage } from "../../../plugin/opencode/runtime/messages.ts"
import {
  deliveredIds,
  isUnanswered,
  lastAnswer,
  partialOf,
  retryAfterMs,
} from "../../../plugin/opencode/runtime/transcript.ts"
import { stepOf } from "../support/fake-sessions.ts"

const text = (value: string, more: object = {}): MessagePart => ({
  type: "text",
  id: "p",
  messageId: "m",
  text: value,
  isHidden: false,
  isComplete: true,
  delivered: [],
  ...more,
})
const user = (...parts: MessagePart[]): StoredMessage => ({ role: "user", id: "m", parts })
const assistant = (parts: MessagePart[] = [], info: object = {}): StoredMessage => ({
  ...stepOf("m", { tokens: 1, costUsd: 0 }),
  ...info,
  parts,
})

test("the last answer is the model's own text, without what we or OpenCode put in", () => {
  const history = [
    assistant([text("earlier")]),
    assistant([text("summary")], { isSummary: true }),
    assistant([text("a"), text("ours", { isHidden: true }), { type: "other" }, text("b")]),
    user(text("more?")),
  ]
  expect(lastAnswer(history)).toEqual({ text: "a\nb", finish: "stop", error: undefined })
  expect(lastAnswer(history.slice(0, 2))?.text).toBe("earlier")
  expect(lastAnswer([])).toBeUndefined()
})

test("what was said so far is the latest text of the model's", () => {
  expect(partialOf([assistant([text("one")]), assistant(), user(text("and?"))])).toBe("one")
  expect(partialOf([user(text("hello"))])).toBeNull()
})

test("a conversation that ends with the user is unanswered", () => {
  expect(isUnanswered([user()])).toBe(true)
  expect(isUnanswered([user(), assistant()])).toBe(false)
  expect(isUnanswered([])).toBe(false)
})

test("all deliveries of a session are found", () => {
  const history = [
    user(text("x", { delivered: ["msg_1", "msg_2"] })),
    user(text("z", { delivered: ["msg_3"] }), text("plain")),
  ]
  expect([...deliveredIds(history)]).toEqual(["msg_1", "msg_2", "msg_3"])
})

test("a provider's wish to be left alone is that of the last answer", () => {
  const failed = (ms: number) =>
    assistant([], { error: { name: "e", message: "", retryAfterMs: ms } })
  expect(retryAfterMs([failed(1), failed(2), user()])).toBe(2)
  expect(retryAfterMs([failed(1), assistant()])).toBeUndefined()
  expect(retryAfterMs([])).toBeUndefined()
})
