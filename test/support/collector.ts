import { gunzipSync } from "node:zlib"

interface KeyValue {
  key: string
  value: Record<string, unknown>
}

export interface SeenSpan {
  traceId: string
  spanId: string
  parentSpanId: string
  name: string
  kind: number
  from: number
  to: number
  attributes: Record<string, unknown>
  status: number
  links: string[]
  events: string[]
  resource: Record<string, unknown>
}

export interface SeenMetric {
  name: string
  unit: string
  attributes: Record<string, unknown>
  resource: Record<string, unknown>
  /** Of a histogram; of a sum the sum alone. */
  count: number | undefined
  sum: number
  isCumulative: boolean
  from: number
}

/** A collector of OpenTelemetry on loopback: takes OTLP as JSON over HTTP, and keeps what came. */
export const startCollector = () => {
  const spans: SeenSpan[] = []
  /** Every batch of metrics, the newest last. */
  const batches: SeenMetric[][] = []
  const requests: { path: string; headers: Headers; bytes: number }[] = []
  let status = 200
  let waiting: (() => void)[] = []

  const take = (path: string, body: any) => {
    if (path === "/v1/traces")
      for (const { resource, scopeSpans } of body.resourceSpans)
        for (const { spans: some } of scopeSpans)
          for (const span of some) spans.push(spanOf(span, valuesOf(resource.attributes)))
    if (path === "/v1/metrics")
      batches.push(
        body.resourceMetrics.flatMap(({ resource, scopeMetrics }: any) =>
          scopeMetrics.flatMap(({ metrics }: any) =>
            metrics.flatMap((metric: any) => metricsOf(metric, valuesOf(resource.attributes))),
          ),
        ),
      )
  }

  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url)
      const raw = Buffer.from(await request.arrayBuffer())
      requests.push({ path: pathname, headers: request.headers, bytes: raw.length })
      const isZipped = request.headers.get("content-encoding") === "gzip"
      if (status === 200) take(pathname, JSON.parse(String(isZipped ? gunzipSync(raw) : raw)))
      for (const go of waiting.splice(0)) go()
      return Response.json({}, { status })
    },
  })

  return {
    url: `http://127.0.0.1:${server.port}`,
    spans,
    batches,
    requests,
    /** From here on it answers with this. */
    answer: (code: number) => void (status = code),
    /** Resolves once what came fits. */
    async until<T>(
      what: string,
      check: () => T | undefined | false,
      timeoutMs = 30_000,
    ): Promise<T> {
      const giveUpAt = Date.now() + timeoutMs
      for (;;) {
        const found = check()
        if (found) return found
        if (Date.now() > giveUpAt)
          throw new Error(
            `not within ${timeoutMs} ms: ${what}; there are ${spans.map(({ name }) => name).join(", ")}`,
          )
        await Promise.race([
          new Promise<void>((resolve) => waiting.push(resolve)),
          new Promise((resolve) => setTimeout(resolve, 200)),
        ])
      }
    },
    close: () => server.stop(true),
  }
}

export type Collector = ReturnType<typeof startCollector>

const valueOf = (value: Record<string, any>): unknown => {
  if ("arrayValue" in value) return value["arrayValue"].values.map(valueOf)
  const [only] = Object.entries(value)
  return only?.[0] === "intValue" ? Number(only[1]) : only?.[1]
}
const valuesOf = (list: KeyValue[] = []) =>
  Object.fromEntries(list.map(({ key, value }) => [key, valueOf(value)]))
const ms = (nanoseconds: string) => Number(BigInt(nanoseconds) / 1_000_000n)

const spanOf = (span: any, resource: Record<string, unknown>): SeenSpan => ({
  traceId: span.traceId,
  spanId: span.spanId,
  parentSpanId: span.parentSpanId ?? "",
  name: span.name,
  kind: span.kind,
  from: ms(span.startTimeUnixNano),
  to: ms(span.endTimeUnixNano),
  attributes: valuesOf(span.attributes),
  status: span.status?.code ?? 0,
  links: (span.links ?? []).map((link: any) => link.spanId),
  events: (span.events ?? []).map((event: any) => event.name),
  resource,
})

const metricsOf = (metric: any, resource: Record<string, unknown>): SeenMetric[] => {
  const data = metric.histogram ?? metric.sum
  return data.dataPoints.map((point: any) => ({
    name: metric.name,
    unit: metric.unit,
    attributes: valuesOf(point.attributes),
    resource,
    count: metric.histogram ? Number(point.count) : undefined,
    sum: metric.histogram ? point.sum : (point.asDouble ?? Number(point.asInt)),
    isCumulative: data.aggregationTemporality === 2,
    from: ms(point.startTimeUnixNano),
  }))
}
