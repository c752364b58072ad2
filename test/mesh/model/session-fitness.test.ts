import { describe, expect, test } from "bun:test"
import { isSessionUnusable } from "../../../plugin/mesh/model/session-fitness.ts"

const ended = (cause: string | null, steps: number, session_id = "ses_1") => ({
  session_id,
  cause,
  steps,
})
const isUnusable = (...attempts: ReturnType<typeof ended>[]) => isSessionUnusable("ses_1", attempts)
const odd = "SESSION_ERROR: APIError: messages.3: unexpected tool_use_id (HTTP 400)"

describe("a session is given up", () => {
  test("when resuming it failed at once in the way it failed before", () => {
    expect(isUnusable(ended(odd, 4), ended(odd, 0))).toBe(true)
  })

  test("at once when it has outgrown its model", () => {
    const cause = "SESSION_ERROR: ContextOverflowError: prompt is too long"
    expect(isUnusable(ended(cause, 40))).toBe(true)
  })
})

describe("a session is resumed", () => {
  test("after a first failure, and after one that came later than the last", () => {
    expect(isUnusable()).toBe(false)
    expect(isUnusable(ended(odd, 0))).toBe(false)
    expect(isUnusable(ended(odd, 4), ended(odd, 1))).toBe(false)
  })

  test("when it failed in another way, or another session did", () => {
    expect(isUnusable(ended("SESSION_ERROR: another", 4), ended(odd, 0))).toBe(false)
    expect(isUnusable(ended(odd, 4, "ses_0"), ended(odd, 0))).toBe(false)
  })

  test("when the cause lies elsewhere", () => {
    for (const cause of [
      "SESSION_ERROR: APIError: bad key (HTTP 401)",
      "SESSION_ERROR: APIError: down (HTTP 503)",
      "SESSION_ERROR: APIError: Cannot connect to API",
      "RATE_LIMITED: the provider limits its rate: x (HTTP 429)",
      "HOST_LOST: host process 7 is gone",
      "STREAM_CUT: the model's stream ended in mid-answer",
    ])
      expect([cause, isUnusable(ended(cause, 0), ended(cause, 0))]).toEqual([cause, false])
  })
})
