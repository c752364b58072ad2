import { afterAll, beforeAll, expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { type Collector, startCollector } from "../../support/collector.ts"
import { createWorld, type World } from "../support/world.ts"

const traceId = "0af7651916cd43dd8448eb211c80319c"
const leadSpan = "b7ad6b7169203331"

let collector: Collector
let world: World
beforeAll(async () => {
  collector = startCollector()
  world = await createWorld({ settings: { linger_ms: 500 } })
})
afterAll(async () => {
  await world?.end()
  await collector?.close()
})

const ours = () =>
  collector.spans.filter(({ resource }) => resource["service.name"] === "meshfleet")
const named = (name: string) => ours().filter((span) => span.name === name)

const spawn = (first: string, second: string) => ({
  isolation: "process",
  agents: [
    { name: first, role: "One", prompt: "Be one." },
    { name: second, role: "Two", prompt: "Be two." },
  ],
})
const untilOver = (fleetId: string) =>
  world.until("the fleet is complete", async () =>
    (await world.fleets()).find(({ id, status }) => id === fleetId && status === "complete"),
  )

test("a fleet is told to a collector beneath its lead's trace, once, although the lead's OpenCode is killed", async () => {
  const window = await world.window({
    MESHFLEET_TELEMETRY: collector.url,
    OTEL_BSP_SCHEDULE_DELAY: "100",
    TRACEPARENT: `00-${traceId}-${leadSpan}-01`,
  })
  const lead = await window.lead("lead")
  const [one, two] = [world.member("one"), world.member("two")]
  const { fleet_id } = await lead.call("spawn_fleet", spawn("one", "two"))
  await one.calls([["bash", { command: "echo private", description: "Look" }]])
  await one.call("send_message", { to_agent_id: "two", type: "question", payload: "private?" })
  await two.request()
  await collector.until("the lead's OpenCode sends", () => named("execute_tool bash").length > 0)
  // Killed between an answer and its note, it would leave that one batch to be sent again.
  await world.until("it has noted all that it sent", async () => {
    const noted = JSON.parse(
      readFileSync(join(world.home, "telemetry", `${fleet_id}.json`), "utf8"),
    ) as { spans: number }
    return (await world.events()).at(-1)!.seq === noted.spans || undefined
  })

  window.run.kill("SIGKILL")
  // A fleet that ends before a host has taken it over is told by the next session of its project.
  await world.until("a host supervises", async () =>
    (await world.events()).find(
      ({ type, data }) => type === "fleet.supervised" && data["pid"] !== window.run.pid,
    ),
  )
  await two.says("Two is done, private.")
  await two.says("All is well.")
  await one.says("One is done.")
  await untilOver(fleet_id as string)
  await collector.until(
    "the fleet's end",
    () =>
      named("invoke_workflow One Two").length > 0 ||
      ours().some(({ name }) => name.startsWith("invoke_workflow")),
  )
  expect(await world.untilGone(30_000)).toEqual([])

  const [root] = ours().filter(({ name }) => name.startsWith("invoke_workflow"))
  expect(root).toMatchObject({ traceId, parentSpanId: leadSpan, status: 0 })
  expect(new Set(ours().map((span) => span.traceId))).toEqual(new Set([traceId]))
  // Everything hangs somewhere, and nothing was told twice as something else.
  const ids = new Set([leadSpan, ...ours().map(({ spanId }) => spanId)])
  expect(ours().filter(({ parentSpanId }) => !ids.has(parentSpanId))).toEqual([])
  for (const name of ["invoke_agent one", "invoke_agent two", "execute_tool bash", "send two"])
    expect([name, named(name).length]).toEqual([name, 1])
  expect(named("invoke_agent one")[0]).toMatchObject({
    parentSpanId: root!.spanId,
    attributes: { "gen_ai.agent.name": "one", "meshfleet.fleet.id": fleet_id },
  })
  const steps = named("chat m1")
  expect(steps.length).toBeGreaterThanOrEqual(5)
  for (const { attributes, from, to } of steps) {
    expect(attributes).toMatchObject({
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "fake",
    })
    expect(to).toBeGreaterThanOrEqual(from)
  }
  const input = collector.batches
    .at(-1)!
    .find(
      ({ name, attributes }) =>
        name === "gen_ai.client.token.usage" && attributes["gen_ai.token.type"] === "input",
    )!
  expect(input).toMatchObject({ isCumulative: true, count: steps.length })
  expect(JSON.stringify([collector.spans, collector.batches])).not.toContain("private")
}, 240_000)
