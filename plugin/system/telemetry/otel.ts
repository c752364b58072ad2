/**
 * What is taken of OpenTelemetry: the build packs it as one compressed text, which is evaluated by the
 * first who sends (scripts/packed-modules.ts).
 */
export { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http"
export { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http"
export { detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources"
