import { expect, test } from "bun:test"
import { judgeTurn, type LastAnswer } from "../../../plugin/mesh/lifecycle/turn-outcome.ts"

const answer = (more: Partial<LastAnswer> = {}): LastAnswer => ({
  text: "done",
  finish: "stop",
  error: undefined,
  ...more,
})

test("success is a real final answer, and everything else has its cause", () => {
  const table: [LastAnswer | undefined, string | undefined, string][] = [
    [answer(), undefined, "done"],
    [answer({ text: " \n" }), undefined, "EMPTY_ANSWER: the model's final answer was empty"],
    [undefined, undefined, "EMPTY_ANSWER: the model gave no answer"],
    [undefined, "APIError: 401", "SESSION_ERROR: APIError: 401"],
    [
      answer({ error: { name: "APIError", message: "overloaded" } }),
      undefined,
      "SESSION_ERROR: APIError: overloaded",
    ],
    [
      answer({ finish: "length" }),
      undefined,
      "STREAM_CUT: the answer reached the model's output limit",
    ],
    [
      answer({ finish: "content-filter" }),
      undefined,
      "SESSION_ERROR: the provider's filter stopped the answer",
    ],
    [
      answer({ finish: "tool-calls" }),
      undefined,
      "STREAM_CUT: the session went idle after a tool call, before an answer",
    ],
    [
      answer({ finish: "unknown" }),
      undefined,
      "STREAM_CUT: the model's stream ended in mid-answer",
    ],
    [
      answer({ finish: undefined }),
      undefined,
      "STREAM_CUT: the model's stream ended in mid-answer",
    ],
    [answer({ finish: "error" }), undefined, "STREAM_CUT: the model's stream ended in mid-answer"],
  ]
  for (const [last, error, outcome] of table) {
    const judged = judgeTurn(last, error)
    expect(judged.ok ? judged.output : `${judged.failure.code}: ${judged.failure.detail}`).toBe(
      outcome,
    )
  }
})
