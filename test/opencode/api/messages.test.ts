import { describe, expect, test } from "bun:test"
import {
  appendText,
  errorOf,
  infoOf,
  messageOf,
  replaceTexts,
  showTools,
} from "../../../plugin/opencode/api/messages.ts"

const none = { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } }
const assistant = (info: object) =>
  infoOf({ id: "m1", role: "assistant", cost: 0, tokens: none, ...info } as never) as any
const raw = (...parts: object[]) =>
  ({
    info: { id: "m1", role: "user" },
    parts: parts.map((part, index) => ({ id: `p${index}`, messageID: "m1", ...part })),
  }) as never
const text = (value: string, more: object = {}) => ({ type: "text", text: value, ...more })

test("a message becomes ours with all its parts, each in its place", () => {
  expect(
    messageOf(
      raw(
        text("said", { time: { start: 1, end: 2 } }),
        text("of ours", { synthetic: true }),
        text("left out", { ignored: true }),
        { type: "step-start" },
        {
          type: "tool",
          tool: "bash",
          callID: "c0",
          state: {
            status: "completed",
            input: { command: "npm test" },
            output: "1 failed",
            metadata: { exit: 1 },
          },
        },
        {
          type: "tool",
          tool: "bash",
          callID: "c1",
          state: { status: "running", input: { command: "ls" } },
        },
      ),
    ),
  ).toEqual({
    role: "user",
    id: "m1",
    parts: [
      {
        type: "text",
        id: "p0",
        messageId: "m1",
        text: "said",
        isHidden: false,
        isComplete: true,
        delivered: [],
      },
      expect.objectContaining({ text: "of ours", isHidden: true, isComplete: false }),
      expect.objectContaining({ text: "left out", isHidden: true }),
      { type: "other" },
      {
        type: "tool",
        id: "p4",
        messageId: "m1",
        tool: "bash",
        callId: "c0",
        status: "completed",
        input: { command: "npm test" },
        exit: 1,
        output: "1 failed",
      },
      {
        type: "tool",
        id: "p5",
        messageId: "m1",
        tool: "bash",
        callId: "c1",
        status: "running",
        input: { command: "ls" },
        exit: undefined,
        output: "",
      },
    ],
  })
})

test("deliveries are known again by the ids in their parts, whatever else is there", () => {
  const { parts } = messageOf(
    raw(
      text("x", { metadata: { meshfleet: ["msg_1", "msg_2"] } }),
      text("y", { metadata: { meshfleet: "no list" } }),
      text("z", { metadata: { meshfleet: ["msg_3", 4] } }),
      text("plain"),
    ),
  )
  expect(parts.map((part) => part.type === "text" && part.delivered)).toEqual([
    ["msg_1", "msg_2"],
    [],
    ["msg_3"],
    [],
  ])
})

describe("an answer of the model", () => {
  test("tells who gave it, why it ended, and whether it sums up", () => {
    expect(assistant({ providerID: "fake", finish: "stop", summary: true })).toMatchObject({
      role: "assistant",
      id: "m1",
      provider: "fake",
      finish: "stop",
      error: undefined,
      isSummary: true,
    })
  })

  test("uses all that was sent and received, from the cache or not", () => {
    const tokens = { input: 1, output: 2, reasoning: 4, cache: { read: 8, write: 16 } }
    expect(assistant({ cost: 0.5, tokens }).usage).toEqual({
      messageId: "m1",
      tokens: 31,
      costUsd: 0.5,
    })
  })

  test("that is finished counts without tokens too, one under way or failed does not", () => {
    expect(assistant({ finish: "stop" }).usage).toEqual({ messageId: "m1", tokens: 0, costUsd: 0 })
    expect(assistant({ finish: "stop", cost: undefined as never }).usage?.costUsd).toBe(0)
    expect(assistant({ finish: "stop", cost: Number.NaN }).usage?.costUsd).toBe(0)
    expect(assistant({}).usage).toBeUndefined()
    expect(assistant({ finish: "error", error: { name: "APIError" } }).usage).toBeUndefined()
  })
})

describe("errors", () => {
  test("of any form are told in one line", () => {
    expect(errorOf(undefined)).toBeUndefined()
    expect(errorOf({ name: "APIError", data: { message: "denied", statusCode: 401 } })).toEqual({
      name: "APIError",
      message: "denied (HTTP 401)",
    })
    expect(errorOf(new TypeError("x"))).toEqual({ name: "TypeError", message: "x" })
    expect(errorOf({})).toEqual({ name: "Error", message: "no message" })
    expect(errorOf({ data: { message: "lost\n    at f (a.js:1)" } })?.message).toBe("lost")
  })

  test("carry the provider's wish to be left alone", () => {
    const wish = (responseHeaders: object) => errorOf({ data: { responseHeaders } })?.retryAfterMs
    expect(wish({ "retry-after": "7" })).toBe(7000)
    expect(wish({ "retry-after-ms": "1500", "retry-after": "2" })).toBe(1500)
    expect(wish({})).toBeUndefined()
  })
})

test("text of ours comes behind a prompt's own, as a part of the same message", () => {
  const parts = [{ id: "prt_1", ...text("hello") }] as any[]
  appendText(parts, { sessionID: "ses_1", messageID: "msg_1" }, "By the way.")
  expect(parts[1]).toEqual({
    id: "prt_10",
    sessionID: "ses_1",
    messageID: "msg_1",
    type: "text",
    text: "By the way.",
    synthetic: true,
  })
  const nothing: never[] = []
  appendText(nothing, { sessionID: "ses_1", messageID: "msg_1" }, "By the way.")
  expect(nothing).toEqual([])
})

test("a request gets other texts in their places, and what is no text stays", () => {
  const messages = [raw(text("a"), { type: "tool" }, text("b", { synthetic: true }))] as any[]
  replaceTexts(messages, [
    { message: 0, part: 2, text: "c" },
    { message: 0, part: 1, text: "never" },
    { message: 3, part: 0, text: "never" },
  ])
  expect(messages[0].parts.map((part: any) => part.text)).toEqual(["a", undefined, "c"])
  expect(messages[0].parts[2].synthetic).toBe(true)
})

test("a step's tools are turned off and on, and what else a person's message chose stays", () => {
  const messages = [
    { info: { role: "user", tools: { bash: false } }, parts: [] },
    { info: { role: "assistant" }, parts: [] },
  ] as unknown as Parameters<typeof showTools>[0]
  showTools(messages, ["claim_task"], false)
  expect(messages[0]!.info).toMatchObject({ tools: { bash: false, claim_task: false } })
  showTools(messages, ["claim_task"], true)
  expect(messages[0]!.info).toMatchObject({ tools: { bash: false, claim_task: true } })
  expect(messages[1]!.info).not.toHaveProperty("tools")
})
