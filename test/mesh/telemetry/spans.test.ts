import { describe, expect, test } from "bun:test"
import { createMeasures } from "../../../plugin/mesh/telemetry/measures.ts"
import type { SpanDraft } from "../../../plugin/mesh/telemetry/span.ts"
import { createSpanFold } from "../../../plugin/mesh/telemetry/spans.ts"
import { hasSecrets, history, rowsOf, traceparent } from "./history.ts"

const fold = (rows = history, id = "flt_1") => {
  const folding = createSpanFold(id)
  return { spans: rows.flatMap((row) => folding.feed(row)), folding }
}
/** Each span with its parent, by their names, and its seconds. */
const tree = (spans: readonly SpanDraft[]) => {
  const names = new Map(spans.map((span) => [span.id, span.name]))
  return spans.map(
    ({ name, parentId, from, to, error }) =>
      `${names.get(parentId ?? "") ?? parentId ?? "-"} > ${name} ${from / 1000}-${to / 1000}${error ? ` ${error}` : ""}`,
  )
}
const named = (spans: readonly SpanDraft[], name: string) =>
  spans.find((span) => span.name === name)!

describe("a fleet's history", () => {
  test("becomes spans of fleet, agents, attempts, steps, tools, messages and waits", () => {
    expect(tree(fold().spans)).toEqual([
      "invoke_agent one > wait place 0-1",
      "attempt 1 > chat claude 2.5-4",
      "attempt 1 > execute_tool bash 4-4.7 tool_error",
      "attempt 1 > send two 6-6",
      "invoke_agent two > wait message 0-7",
      "attempt 1 > receive two 6-9",
      "attempt 1 > wait person 10-14",
      "invoke_agent two > attempt 1 7-15 HOST_LOST",
      "invoke_agent two > wait retry 15-17",
      "invoke_agent one > attempt 1 1-20",
      "invoke_workflow shop > invoke_agent one 0-20",
      "invoke_agent two > attempt 2 17-22 TIMEOUT",
      "invoke_workflow shop > invoke_agent two 0-22 TIMEOUT",
      "b7ad6b7169203331 > invoke_workflow shop 0-22 failed",
      "invoke_workflow shop > send one 30-30",
      "invoke_agent one > wait place 31-32",
      "attempt 1 > receive one 30-33",
      "invoke_agent one > attempt 1 32-35",
      "invoke_workflow shop > invoke_agent one 31-35",
      "invoke_workflow shop > invoke_workflow shop 31-35",
    ])
  })

  test("is named as OpenTelemetry's conventions name it", () => {
    const { spans } = fold()
    expect(named(spans, "chat claude")).toMatchObject({
      kind: "client",
      attributes: {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "anthropic",
        "gen_ai.request.model": "claude",
        "gen_ai.usage.input_tokens": 1000,
        "gen_ai.usage.cache_read.input_tokens": 900,
        "gen_ai.usage.output_tokens": 50,
        "gen_ai.response.finish_reasons": ["tool-calls"],
        "gen_ai.agent.id": "a1",
        "gen_ai.agent.name": "one",
        "gen_ai.conversation.id": "ses_1",
      },
    })
    expect(named(spans, "execute_tool bash").attributes).toMatchObject({
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "bash",
      "gen_ai.tool.call.id": "c1",
    })
    const received = named(spans, "receive two")
    expect(received).toMatchObject({
      kind: "consumer",
      links: [named(spans, "send two").id],
      attributes: { "messaging.system": "meshfleet", "messaging.message.id": "msg_1" },
    })
    expect(named(spans, "invoke_agent two").marks!.map(({ name }) => name)).toEqual([
      "agent.running",
      "agent.running",
      "agent.stalled",
    ])
  })

  test("hangs beneath its lead's trace, and is left out where that one is not recorded", () => {
    expect(fold().folding.trace()).toMatchObject({ traceId: "0af7651916cd43dd8448eb211c80319c" })
    const first = (data: object) =>
      fold(rowsOf([[0, "fleet.created", null, { name: "s", ...data }]]))
    expect(first({ traceparent: traceparent.replace(/01$/, "00") }).folding.isLeftOut()).toBe(true)
    expect(fold().folding.isLeftOut()).toBe(false)
    for (const wrong of [undefined, "", "nonsense", `00-${"0".repeat(32)}-b7ad6b7169203331-01`]) {
      const { folding } = first({ traceparent: wrong })
      expect(folding.isLeftOut()).toBe(false)
      expect(folding.trace()!.traceId).toMatch(/^[\da-f]{32}$/)
    }
  })

  test("is told without any text of an agent", () => {
    expect(hasSecrets(history)).toBe(true)
    expect(hasSecrets(fold().spans)).toBe(false)
  })

  test("has the same ids whoever tells it, others than any other fleet's, and none twice", () => {
    const ids = fold().spans.map(({ id }) => id)
    expect(fold().spans.map(({ id }) => id)).toEqual(ids)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^[\da-f]{16}$/)
    const others = fold(history, "flt_2").spans.map(({ id }) => id)
    expect(others.filter((id) => ids.includes(id))).toEqual([])
  })
})

test("metrics are what the spans sum up to", () => {
  const measures = createMeasures()
  for (const span of fold().spans) measures.add(span)
  const points = measures.points()
  const sums = (name: string) =>
    points
      .filter((point) => point.name === name)
      .map(({ attributes, count, sum }) => [...Object.values(attributes), count, sum])
  expect(sums("gen_ai.client.token.usage")).toEqual([
    ["chat", "anthropic", "claude", "input", 1, 1000],
    ["chat", "anthropic", "claude", "output", 1, 50],
  ])
  expect(sums("gen_ai.execute_tool.duration")).toEqual([["bash", "tool_error", 1, 0.7]])
  expect(sums("gen_ai.invoke_agent.duration")).toEqual([
    ["one", 2, 24],
    ["two", "TIMEOUT", 1, 22],
  ])
  expect(sums("meshfleet.attempts")).toEqual([
    ["HOST_LOST", 1, 1],
    [2, 2],
    ["TIMEOUT", 1, 1],
  ])
  expect(sums("meshfleet.wait.duration")).toEqual([
    ["place", 2, 2],
    ["message", 1, 7],
    ["person", 1, 4],
    ["retry", 1, 2],
  ])
  expect(sums("meshfleet.messages")).toEqual([["question", 2, 2]])
  expect(sums("meshfleet.cost")).toEqual([["chat", "anthropic", "claude", 1, 0.5]])
  const tokens = points.find(({ name }) => name === "gen_ai.client.token.usage")!
  // 1000 is in the bucket that ends at 1024.
  expect(tokens.buckets!.counts.indexOf(1)).toBe(tokens.buckets!.boundaries.indexOf(1024))
})
