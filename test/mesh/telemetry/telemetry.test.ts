import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createTelemetry, unfinishedFleets } from "../../../plugin/mesh/telemetry/telemetry.ts"
import type { TelemetrySink } from "../../../plugin/mesh/telemetry/span.ts"
import { pathsIn } from "../../../plugin/system/mesh-home.ts"
import { createOtlpSink } from "../../../plugin/system/telemetry/otlp-sink.ts"
import { createProgressFiles } from "../../../plugin/system/telemetry/progress-files.ts"
import { telemetryOf } from "../../../plugin/system/telemetry/telemetry-settings.ts"
import { createMesh, type Mesh } from "../../mesh/support/mesh.ts"
import { hasSecrets, history } from "../../mesh/telemetry/history.ts"
import { type Collector, startCollector } from "../../support/collector.ts"

let mesh: Mesh
let home: string
let collector: Collector
let errors: unknown[]
let open: { close(): void }[]

beforeEach(async () => {
  mesh = await createMesh()
  await mesh.given([])
  home = mkdtempSync(join(tmpdir(), "meshfleet-telemetry-"))
  collector = startCollector()
  errors = []
  open = []
})
afterEach(async () => {
  for (const each of open) each.close()
  await collector.close()
  await mesh.end()
  rmSync(home, { recursive: true })
})

/** The first events of the story, as far as they are not there yet. */
const write = (count: number) =>
  mesh.ledger.transact(async (tx) => {
    for (const row of history.slice(0, count))
      await tx.run(
        `INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (seq) DO NOTHING`,
        row.seq,
        row.at,
        row.type,
        row.fleet_id,
        row.agent_id,
        row.data,
      )
  })

const settings = () => telemetryOf({ telemetry: collector.url }, { OTEL_BSP_SCHEDULE_DELAY: "5" })!
const progress = () => createProgressFiles(home)

/** A process that supervises the fleet. */
const start = (sink: TelemetrySink = createOtlpSink(settings())) => {
  const telemetry = createTelemetry({
    ledger: mesh.ledger,
    sink,
    progress: progress(),
    delayMs: 5,
    // The first batch loads OpenTelemetry's packages from their many files.
    leaveMs: 20_000,
    onError: (error) => void errors.push(error),
  })
  open.push(telemetry)
  return telemetry
}
const names = () => collector.spans.map(({ name }) => name)
const ids = () => collector.spans.map(({ spanId }) => spanId)

/** As many as the whole story has. */
const all = 20

describe("a collector", () => {
  test("is sent the spans and metrics of a fleet by OpenTelemetry's own exporters", async () => {
    await write(history.length)
    await start().leave("flt_1")
    expect(errors).toEqual([])
    expect(names()).toHaveLength(all)
    const root = collector.spans.find(({ name }) => name === "invoke_workflow shop")!
    expect(root).toMatchObject({
      traceId: "0af7651916cd43dd8448eb211c80319c",
      parentSpanId: "b7ad6b7169203331",
      from: 0,
      to: 22_000,
      status: 2,
      resource: { "service.name": "meshfleet", "service.instance.id": "flt_1" },
      attributes: { "gen_ai.operation.name": "invoke_workflow", "error.type": "failed" },
    })
    expect(collector.spans.find(({ name }) => name === "chat claude")).toMatchObject({
      kind: 3,
      from: 2500,
      to: 4000,
      attributes: { "gen_ai.usage.input_tokens": 1000, "gen_ai.request.model": "claude" },
    })
    const received = collector.spans.find(({ name }) => name === "receive two")!
    const sent = collector.spans.find(({ name }) => name === "send two")!
    expect(received.links).toEqual([sent.spanId])
    expect(hasSecrets(collector.spans)).toBe(false)
    const tokens = collector.batches
      .at(-1)!
      .find(
        ({ name, attributes }) =>
          name === "gen_ai.client.token.usage" && attributes["gen_ai.token.type"] === "input",
      )
    expect(tokens).toMatchObject({
      unit: "{token}",
      count: 1,
      sum: 1000,
      isCumulative: true,
      from: 0,
    })
    expect([...new Set(collector.requests.map(({ path }) => path))]).toEqual([
      "/v1/traces",
      "/v1/metrics",
    ])
  })

  test("that a second process goes on with is sent the rest, and nothing twice", async () => {
    await write(16)
    const first = start()
    first.note("flt_1")
    await collector.until("the first spans", () => collector.batches.length > 0)
    const before = names().length
    expect(before).toBeGreaterThan(5)
    first.drop("flt_1")
    await write(history.length)
    await start().leave("flt_1")
    expect(names()).toHaveLength(all)
    expect(new Set(ids()).size).toBe(all)
    // The sums are whole, also what the first process had sent.
    const attempts = collector.batches.at(-1)!.filter(({ name }) => name === "meshfleet.attempts")
    expect(attempts.reduce((sum, each) => sum + each.sum, 0)).toBe(4)
    const requests = collector.requests.length
    await start().leave("flt_1")
    expect(collector.requests).toHaveLength(requests)
  })

  test("that answered a process killed before it noted so is sent the same spans again", async () => {
    await write(history.length)
    await start().leave("flt_1")
    rmSync(pathsIn(home).telemetryProgress("flt_1"))
    await start().leave("flt_1")
    expect(new Set(ids()).size).toBe(all)
    expect(ids()).toEqual([...ids().slice(0, all), ...ids().slice(0, all)])
  })

  test("that refuses is tried again until nothing is missing, and said once", async () => {
    await write(history.length)
    // A code for which the exporter itself does not try again.
    collector.answer(400)
    const telemetry = start()
    telemetry.note("flt_1")
    await collector.until("three refusals", () => collector.requests.length >= 3)
    expect(errors).toHaveLength(1)
    collector.answer(200)
    await collector.until("all of it", () => collector.batches.length > 0)
    expect(new Set(ids()).size).toBe(all)
    expect(errors).toHaveLength(1)
  })

  test("that was down at a fleet's end leaves it to who comes next", async () => {
    await write(history.length)
    await mesh.ledger.transact((tx) =>
      tx.run("UPDATE fleets SET status = 'complete' WHERE id = 'flt_1'"),
    )
    const unfinished = () =>
      unfinishedFleets({ ledger: mesh.ledger, progress: progress() }, "/shop/.git")
    expect(await unfinished()).toEqual([])
    collector.answer(400)
    await start().leave("flt_1")
    expect(await unfinished()).toEqual(["flt_1"])
    collector.answer(200)
    await start().leave("flt_1")
    expect(await unfinished()).toEqual([])
    expect(names()).toHaveLength(all)
  })

  test("that never answers is not waited for", async () => {
    await write(history.length)
    const telemetry = createTelemetry({
      ledger: mesh.ledger,
      sink: { spans: () => new Promise(() => undefined), metrics: async () => undefined },
      progress: progress(),
      delayMs: 5,
      leaveMs: 10,
      onError: (error) => void errors.push(error),
    })
    open.push(telemetry)
    await telemetry.leave("flt_1")
    expect(errors).toEqual([])
  })

  test("hears nothing of a fleet that does not exist, and a broken progress counts as none", async () => {
    await start().leave("flt_none")
    expect(collector.requests).toEqual([])
    writeFileSync(pathsIn(home).telemetryProgress("flt_1"), "no JSON")
    expect(progress().read("flt_1")).toEqual({ spans: 0, metrics: 0 })
  })
})

describe("telemetry", () => {
  const on = (telemetry: boolean | string | undefined, env: Record<string, string> = {}) =>
    telemetryOf({ telemetry }, env)
  const named = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector.example:4318" }

  test("is off unless the setting or OpenTelemetry's own variables say otherwise", () => {
    expect(on(undefined)).toBeUndefined()
    expect(on(false, named)).toBeUndefined()
    expect(on(undefined, { ...named, OTEL_SDK_DISABLED: "true" })).toBeUndefined()
    expect(
      on(true, { OTEL_TRACES_EXPORTER: "none", OTEL_METRICS_EXPORTER: "none" }),
    ).toBeUndefined()
    expect(on(true)).toEqual({ endpoint: undefined, traces: true, metrics: true, delayMs: 5000 })
    expect(on(undefined, named)).toMatchObject({ endpoint: undefined, traces: true })
    expect(on("http://127.0.0.1:4318/")).toMatchObject({ endpoint: "http://127.0.0.1:4318" })
    expect(on(true, { OTEL_METRICS_EXPORTER: "prometheus" })).toMatchObject({
      traces: true,
      metrics: false,
    })
  })

  test("loads OpenTelemetry with the first batch, and not before", async () => {
    let loads = 0
    const sink = createOtlpSink(settings(), async () => {
      loads++
      return import("../../../plugin/system/telemetry/otel.ts")
    })
    const telemetry = start(sink)
    await telemetry.leave("flt_1")
    expect(loads).toBe(0)
    await write(history.length)
    await telemetry.leave("flt_1")
    expect(loads).toBe(1)
  })
})
