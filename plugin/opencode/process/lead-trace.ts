/** Where @opentelemetry/api 1.x keeps what is active, for all copies of it in a process. */
const api = Symbol.for("opentelemetry.js.api.1")
const spanKey = Symbol.for("OpenTelemetry Context Key SPAN")

interface Api {
  context?: { active(): { getValue(key: symbol): unknown } }
}
interface ActiveSpan {
  spanContext?(): { traceId: string; spanId: string; traceFlags: number }
}

/**
 * The trace that a call of a tool belongs to, as W3C trace context. OpenCode 1.18 runs its tools inside
 * spans of its own where OTEL_EXPORTER_OTLP_ENDPOINT is set; otherwise whoever started OpenCode may have
 * named a trace in TRACEPARENT, which OpenCode itself does not read.
 */
export const leadTrace = (
  env: Record<string, string | undefined>,
  globals: object = globalThis,
): string | undefined => {
  const { context } = (globals as Record<symbol, Api | undefined>)[api] ?? {}
  const span = context?.active().getValue(spanKey) as ActiveSpan | undefined
  const active = span?.spanContext?.()
  if (active)
    return `00-${active.traceId}-${active.spanId}-${active.traceFlags.toString(16).padStart(2, "0")}`
  return env["TRACEPARENT"] || undefined
}
