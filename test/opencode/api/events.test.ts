import { describe, expect, test } from "bun:test"
import { eventOf } from "../../../plugin/opencode/api/events.ts"

const told = (type: string, properties?: Record<string, unknown>) =>
  eventOf({ type, ...(properties && { properties }) })

test("what we do not act on is nothing to us", () => {
  expect(told("file.edited", { file: "a.ts" })).toBeUndefined()
  expect(told("server.connected")).toBeUndefined()
  expect(told("message.part.delta", { partID: "p1", field: "title", delta: "x" })).toBeUndefined()
})

describe("a session", () => {
  test("rests, works, or waits for its provider", () => {
    expect(told("session.idle", { sessionID: "s1" })).toEqual({
      type: "session.idle",
      sessionId: "s1",
    })
    const status = (status: unknown) => told("session.status", { sessionID: "s1", status })
    expect(status({ type: "idle" })).toEqual({
      type: "session.status",
      sessionId: "s1",
      status: { type: "idle" },
    })
    expect(status({ type: "busy" })).toMatchObject({ status: { type: "busy" } })
    expect(status(undefined)).toMatchObject({ status: { type: "busy" } })
    expect(status({ type: "retry", attempt: 1, message: "slow down", next: 7 })).toMatchObject({
      status: { type: "retry", message: "slow down", next: 7 },
    })
  })

  test("fails with its error, and without one when it was only aborted", () => {
    const failed = (error?: object) => told("session.error", { sessionID: "s1", error })
    expect(failed({ name: "APIError", data: { message: "no" } })).toEqual({
      type: "session.failed",
      sessionId: "s1",
      error: { name: "APIError", message: "no" },
    })
    expect(failed({ name: "MessageAbortedError", data: {} })).toMatchObject({ error: undefined })
    expect(failed()).toMatchObject({ error: undefined })
    expect(told("session.error", {})).toMatchObject({ sessionId: "" })
  })

  test("is found where OpenCode names it: beside, in the message, or in the part", () => {
    expect(told("message.updated", { info: { id: "m1", role: "user", sessionID: "s1" } })).toEqual({
      type: "message.updated",
      sessionId: "s1",
      message: { role: "user", id: "m1" },
    })
    expect(told("message.part.updated", { part: { type: "reasoning", sessionID: "s2" } })).toEqual({
      type: "part.updated",
      sessionId: "s2",
      part: { type: "other" },
    })
    expect(
      told("message.part.delta", { sessionID: "s3", partID: "p1", field: "text", delta: "so" }),
    ).toEqual({ type: "text.added", sessionId: "s3", partId: "p1", text: "so" })
  })
})

describe("a request", () => {
  test("for permission tells what is asked, and long texts cut", () => {
    expect(
      told("permission.asked", {
        id: "per_1",
        sessionID: "s1",
        permission: "edit",
        patterns: ["a.ts"],
        always: ["*"],
        metadata: { diff: "x".repeat(8001), files: ["a.ts"] },
      }),
    ).toEqual({
      type: "request.opened",
      sessionId: "s1",
      asked: {
        kind: "permission",
        requestId: "per_1",
        request: {
          permission: "edit",
          patterns: ["a.ts"],
          always: ["*"],
          metadata: { diff: `${"x".repeat(8000)}…`, files: ["a.ts"] },
        },
      },
    })
    expect(told("permission.asked", { id: "per_2", sessionID: "s1" })).toMatchObject({
      asked: { request: { permission: "", patterns: [], always: [], metadata: {} } },
    })
  })

  test("of the agent tells its questions", () => {
    const questions = [{ question: "Which?", header: "Which", options: [] }]
    expect(told("question.asked", { id: "que_1", sessionID: "s1", questions })).toEqual({
      type: "request.opened",
      sessionId: "s1",
      asked: { kind: "question", requestId: "que_1", request: { questions } },
    })
  })

  test("is closed by a reply of whatever kind", () => {
    const closed = (type: string, more: object = {}) =>
      told(type, { sessionID: "s1", requestID: "r1", ...more })
    expect(closed("permission.replied", { reply: "always" })).toEqual({
      type: "request.closed",
      sessionId: "s1",
      requestId: "r1",
      reply: "always",
    })
    expect(closed("question.replied", { answers: [["a"]] })).toMatchObject({ reply: "replied" })
    expect(closed("question.rejected")).toMatchObject({ reply: "rejected" })
  })
})
