import type { Attributes as OtelAttributes, HrTime, SpanContext } from "@opentelemetry/api"
import type {
  FleetTrace,
  MetricPoint,
  SpanDraft,
  TelemetrySink,
} from "../../mesh/telemetry/span.ts"
import type { TelemetrySettings } from "./telemetry-settings.ts"

type Otel = typeof import("./otel.ts")
type SentSpans = Parameters<InstanceType<Otel["OTLPTraceExporter"]>["export"]>[0]
type SentMetrics = Parameters<InstanceType<Otel["OTLPMetricExporter"]>["export"]>[0]
type Resource = ReturnType<Otel["resourceFromAttributes"]>

/** As @opentelemetry/api numbers them: of its package only types are used here. */
const kinds = { internal: 0, server: 1, client: 2, producer: 3, consumer: 4 } as const
const [unset, failed] = [0, 2]
const [histogram, sum] = [0, 3] as const
const cumulative = 1
const double = 1
const sampled = 1

const scope = { name: "meshfleet" }

/** Sends by OpenTelemetry's own exporters, as JSON over HTTP. They are loaded with the first batch. */
export const createOtlpSink = (
  { endpoint, traces, metrics }: TelemetrySettings,
  load: () => Promise<Otel> = () => import("./otel.ts"),
): TelemetrySink => {
  const open = async () => {
    const otel = await load()
    const at = (path: string) => (endpoint === undefined ? {} : { url: `${endpoint}/v1/${path}` })
    return {
      resourceOf: (trace: FleetTrace) => resourceOf(otel, trace),
      traces: traces ? new otel.OTLPTraceExporter(at("traces")) : undefined,
      metrics: metrics ? new otel.OTLPMetricExporter(at("metrics")) : undefined,
    }
  }
  let opening: ReturnType<typeof open> | undefined
  const opened = () => (opening ??= open())

  return {
    async spans(trace, spans) {
      const { traces: exporter, resourceOf: its } = await opened()
      if (!exporter) return
      const resource = its(trace)
      const sent = spans.map((span) => spanOf(span, trace, resource)) as unknown as SentSpans
      await accepted((done) => exporter.export(sent, done))
    },
    async metrics(trace, points) {
      const { metrics: exporter, resourceOf: its } = await opened()
      if (!exporter) return
      const sent = metricsOf(points, trace, its(trace)) as unknown as SentMetrics
      await accepted((done) => exporter.export(sent, done))
    },
  }
}

const accepted = (send: (done: (result: { code: number; error?: Error }) => void) => void) =>
  new Promise<void>((resolve, reject) =>
    send(({ code, error }) =>
      code === 0
        ? resolve()
        : reject(new Error("telemetry was not accepted", { cause: error ?? `code ${code}` })),
    ),
  )

/** Who speaks: a fleet is one instance of the service, whichever processes send for it. */
const resourceOf = (otel: Otel, { fleetId }: FleetTrace): Resource =>
  otel
    .resourceFromAttributes({ "service.name": "meshfleet", "service.instance.id": fleetId })
    .merge(otel.detectResources({ detectors: [otel.envDetector] }))

const timeOf = (ms: number): HrTime => [Math.floor(ms / 1000), Math.round((ms % 1000) * 1e6)]

const spanOf = (span: SpanDraft, { traceId }: FleetTrace, resource: Resource) => {
  const contextOf = (spanId: string): SpanContext => ({ traceId, spanId, traceFlags: sampled })
  return {
    name: span.name,
    kind: kinds[span.kind],
    spanContext: () => contextOf(span.id),
    ...(span.parentId !== undefined && { parentSpanContext: contextOf(span.parentId) }),
    startTime: timeOf(span.from),
    endTime: timeOf(span.to),
    duration: timeOf(Math.max(0, span.to - span.from)),
    status: { code: span.error === undefined ? unset : failed },
    attributes: {
      ...span.attributes,
      ...(span.error !== undefined && { "error.type": span.error }),
    } satisfies OtelAttributes,
    links: (span.links ?? []).map((id) => ({ context: contextOf(id), attributes: {} })),
    events: (span.marks ?? []).map(({ name, at, attributes }) => ({
      name,
      attributes,
      time: timeOf(at),
    })),
    ended: true,
    resource,
    instrumentationScope: scope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }
}

const metricsOf = (points: readonly MetricPoint[], trace: FleetTrace, resource: Resource) => {
  const [startTime, endTime] = [timeOf(trace.startedAt), timeOf(Date.now())]
  const byName = [...Map.groupBy(points, ({ name }) => name)]
  const metrics = byName.map(([name, its]) => {
    const { unit, description, buckets } = its[0]!
    return {
      descriptor: { name, unit, description, valueType: double },
      aggregationTemporality: cumulative,
      ...(buckets ? { dataPointType: histogram } : { dataPointType: sum, isMonotonic: true }),
      dataPoints: its.map((point) => ({
        startTime,
        endTime,
        attributes: point.attributes,
        value: point.buckets ? { buckets: point.buckets, ...numbersOf(point) } : point.sum,
      })),
    }
  })
  return { resource, scopeMetrics: [{ scope, metrics }] }
}

const numbersOf = ({ count, sum: total, min, max }: MetricPoint) => ({
  count,
  sum: total,
  min,
  max,
})
