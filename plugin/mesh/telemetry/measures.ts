import type { Attributes, MetricPoint, SpanDraft } from "./span.ts"

/** As OpenTelemetry's conventions for generative AI have them. */
const secondBounds = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
]
const tokenBounds = Array.from({ length: 14 }, (_, power) => 4 ** power)

const metrics = {
  "gen_ai.client.operation.duration": ["s", secondBounds, "GenAI operation duration."],
  "gen_ai.client.token.usage": ["{token}", tokenBounds, "Number of input and output tokens used."],
  "gen_ai.execute_tool.duration": ["s", secondBounds, "Duration of tool calls."],
  "gen_ai.invoke_agent.duration": ["s", secondBounds, "Duration of agents' work."],
  "gen_ai.workflow.duration": ["s", secondBounds, "Duration of fleets."],
  "meshfleet.wait.duration": ["s", secondBounds, "How long agents waited, and for what."],
  "meshfleet.message.delivery.duration": [
    "s",
    secondBounds,
    "From sending to the model's reading.",
  ],
  "meshfleet.messages": ["{message}", undefined, "Messages sent."],
  "meshfleet.attempts": ["{attempt}", undefined, "Attempts that are over."],
  "meshfleet.cost": ["USD", undefined, "What models cost."],
} as const satisfies Record<string, readonly [string, readonly number[] | undefined, string]>

type Metric = keyof typeof metrics
type Measure = [metric: Metric, value: number, attributes: Attributes]

/** What a span counts for; everything that is measured is a span's. */
export const measuresOf = (span: SpanDraft): Measure[] => {
  const seconds = (span.to - span.from) / 1000
  const pick = (...names: string[]): Attributes => ({
    ...Object.fromEntries(
      names.flatMap((name) => {
        const value = span.attributes[name]
        return value === undefined ? [] : [[name, value]]
      }),
    ),
    ...(span.error !== undefined && { "error.type": span.error }),
  })
  switch (span.attributes["gen_ai.operation.name"]) {
    case "chat": {
      const model = pick("gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model")
      const tokens = (type: "input" | "output"): Measure => [
        "gen_ai.client.token.usage",
        Number(span.attributes[`gen_ai.usage.${type}_tokens`]),
        { ...model, "gen_ai.token.type": type },
      ]
      return [
        ["gen_ai.client.operation.duration", seconds, model],
        tokens("input"),
        tokens("output"),
        ["meshfleet.cost", Number(span.attributes["meshfleet.cost_usd"]), model],
      ]
    }
    case "execute_tool":
      return [["gen_ai.execute_tool.duration", seconds, pick("gen_ai.tool.name")]]
    case "invoke_agent":
      return [["gen_ai.invoke_agent.duration", seconds, pick("gen_ai.agent.name")]]
    case "invoke_workflow":
      return [["gen_ai.workflow.duration", seconds, pick("gen_ai.workflow.name")]]
  }
  if (span.name.startsWith("attempt ")) return [["meshfleet.attempts", 1, pick()]]
  if (span.name.startsWith("wait "))
    return [["meshfleet.wait.duration", seconds, pick("meshfleet.wait.for")]]
  if (span.kind === "producer") return [["meshfleet.messages", 1, pick("meshfleet.message.type")]]
  if (span.kind === "consumer")
    return [["meshfleet.message.delivery.duration", seconds, pick("meshfleet.message.type")]]
  return []
}

/** Sums of a fleet since it began. They follow from its events, so any process comes to the same. */
export const createMeasures = () => {
  const points = new Map<string, MetricPoint & { buckets?: { counts: number[] } }>()
  return {
    add(span: SpanDraft) {
      for (const [name, value, attributes] of measuresOf(span)) {
        const key = JSON.stringify([name, attributes])
        let point = points.get(key)
        if (!point) points.set(key, (point = emptyPoint(name, attributes)))
        point.count++
        point.sum += value
        point.min = Math.min(point.min, value)
        point.max = Math.max(point.max, value)
        if (!point.buckets) continue
        const at = point.buckets.boundaries.findIndex((bound) => value <= bound)
        point.buckets.counts[at < 0 ? point.buckets.boundaries.length : at]!++
      }
    },
    points: (): MetricPoint[] => [...points.values()],
  }
}

const emptyPoint = (name: Metric, attributes: Attributes) => {
  const [unit, boundaries, description] = metrics[name]
  return {
    name,
    unit,
    description,
    attributes,
    count: 0,
    sum: 0,
    min: Infinity,
    max: -Infinity,
    ...(boundaries && {
      buckets: { boundaries, counts: Array<number>(boundaries.length + 1).fill(0) },
    }),
  }
}
