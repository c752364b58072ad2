import type { Config } from "../../mesh/model/config.ts"

export interface TelemetrySettings {
  /** Of the setting; otherwise OTEL_EXPORTER_OTLP_* name it, which the exporters read by themselves. */
  endpoint: string | undefined
  traces: boolean
  metrics: boolean
  delayMs: number
}

type Env = Record<string, string | undefined>

const endpoints = [
  "OTEL_EXPORTER_OTLP_ENDPOINT",
  "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
  "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
]

/** What OpenTelemetry's own processors gather spans for. */
const usualDelayMs = 5000

/** Undefined while telemetry is off: then nothing of it is loaded, written or sent. */
export const telemetryOf = (
  { telemetry }: Pick<Config, "telemetry">,
  env: Env,
): TelemetrySettings | undefined => {
  if (telemetry === false || /^true$/i.test(env["OTEL_SDK_DISABLED"] ?? "")) return undefined
  if (telemetry === undefined && !endpoints.some((name) => env[name])) return undefined
  const isWanted = (exporter: string) =>
    (env[exporter] || "otlp").split(",").some((each) => each.trim() === "otlp")
  const traces = isWanted("OTEL_TRACES_EXPORTER")
  const metrics = isWanted("OTEL_METRICS_EXPORTER")
  if (!traces && !metrics) return undefined
  return {
    endpoint: typeof telemetry === "string" ? telemetry.replace(/\/+$/, "") : undefined,
    traces,
    metrics,
    delayMs: Number(env["OTEL_BSP_SCHEDULE_DELAY"]) || usualDelayMs,
  }
}
