import { afterAll, beforeAll, expect, test } from "bun:test"
import { providerConfig } from "../../../scripted-model/provider-config.ts"
import type { Step } from "../../../scripted-model/types.ts"
import type { Lead } from "../support/window.ts"
import { createWorld, type World } from "../support/world.ts"

type Gate = ReturnType<World["gate"]>

let world: World
let lead: Lead
let single: string
let shared: string
let gates: { spender: Gate; first: Gate[]; second: Gate[] }

const usage = (tokens: number) => ({ prompt_tokens: tokens - 1, completion_tokens: 1 })
/** One step of work, with what it costs. */
const work = (command: string, text?: string): Step => ({
  ...(text && { text }),
  toolCalls: [{ name: "bash", args: { command, description: "Work" } }],
  usage: usage(1000),
})
/** However often it is asked: it may end its work just before it reads that it has to. */
const report: Step = () => ({ text: "All I have is half of it.", usage: usage(10) })

const member = (name: string, more: object = {}) => ({
  name,
  role: name,
  prompt: `Be ${name}.`,
  ...more,
})
const collect = async (fleetId: string, ...agent_ids: string[]) => {
  const { results } = await lead.call("collect_results", {
    fleet_id: fleetId,
    agent_ids,
    wait_seconds: 60,
  })
  return results as Record<string, any>[]
}
const untilAsked = (fleetId: string, count: number) =>
  world.until(`${count} were asked to report`, async (ledger) => {
    const asked = await ledger.read((db) =>
      db.all<{ stop_reason: string }>(
        "SELECT stop_reason FROM agents WHERE fleet_id = ? AND stop_code = 'BUDGET'",
        fleetId,
      ),
    )
    return asked.length === count ? asked.map((each) => each.stop_reason) : undefined
  })
const eventsOf = async (type: string) =>
  (await world.events()).filter((event) => event.type === type)

beforeAll(async () => {
  world = await createWorld({
    settings: { isolation: "shared", linger_ms: 60_000, loop_calls: 4 },
  })
  gates = {
    spender: world.gate("spender"),
    first: ["ada-1", "bob-1"].map(world.gate),
    second: ["ada-2", "bob-2"].map(world.gate),
  }
  // A second provider over the same server: what limits the one must not hold back the other.
  const { provider } = providerConfig(world.model.url) as { provider: Record<string, object> }
  world.write(
    `${world.project}/.opencode/opencode.json`,
    JSON.stringify({ provider: { other: { ...provider["fake"], name: "Other" } } }),
  )
  world.model.script("spender", [
    {
      toolCalls: [
        {
          name: "task",
          args: { description: "Look", prompt: "[[as:scout]] Look.", subagent_type: "general" },
        },
      ],
      usage: usage(1000),
    },
    work(gates.spender.command, "I have begun."),
    report,
  ])
  world.model.script("scout", [{ text: "Nothing there.", usage: usage(500) }])
  world.model.script("looper", [
    ...Array.from({ length: 6 }, () => work("echo again")),
    { text: "Out of it." },
  ])
  for (const [index, name] of ["ada", "bob"].entries())
    world.model.script(name, [
      work("true"),
      work(gates.first[index]!.command, "I have begun."),
      work(gates.second[index]!.command),
      report,
    ])
  const window = await world.window()
  lead = await window.lead("lead")
  // In one turn, so that their hosts start side by side.
  const fleets = await lead.calls([
    [
      "spawn_fleet",
      { agents: [member("spender", { budget: { tokens: 1400 } }), member("looper")] },
    ],
    [
      "spawn_fleet",
      { agents: [member("ada"), member("bob")], budget: { tokens: 2400, turns: 99 } },
    ],
  ])
  ;[single, shared] = fleets.map((fleet) => fleet.fleet_id) as [string, string]
})
afterAll(() => world?.end())

test("an agent over its budget reports and fails with what it has; its sub-sessions count", async () => {
  await gates.spender.reached()
  const [reason] = await untilAsked(single, 1)
  expect(reason).toBe("Its budget is spent: 1,500 of 1,400 tokens")
  gates.spender.open()
  expect(await collect(single, "spender")).toMatchObject([
    {
      status: "failed",
      error: { code: "BUDGET", detail: reason },
      output: "All I have is half of it.",
      partial: true,
      attempts: 1,
    },
  ])
})

test("a fleet's budget warns once, then has all report who are still at work", async () => {
  await Promise.all(gates.first.map((gate) => gate.reached()))
  await world.until("the lead is warned", (ledger) =>
    ledger.read((db) =>
      db.get("SELECT id FROM fleets WHERE id = ? AND budget_warned_at IS NOT NULL", shared),
    ),
  )
  for (const gate of gates.first) gate.open()
  await Promise.all(gates.second.map((gate) => gate.reached()))
  await untilAsked(shared, 2)
  const { fleet } = await lead.call("fleet_status", { fleet_id: shared })
  expect(fleet.budget).toEqual({ tokens: 2400, turns: 99 })
  expect(fleet.spent).toMatchObject({ tokens: 4000, turns: 4 })
  for (const gate of gates.second) gate.open()
  for (const result of await collect(shared, "ada", "bob"))
    expect(result).toMatchObject({
      status: "failed",
      error: { code: "BUDGET" },
      output: "All I have is half of it.",
    })
  expect(await eventsOf("budget.warned")).toMatchObject([
    { fleet_id: shared, agent_id: null, data: { kind: "tokens", spent: 2000, limit: 2400 } },
  ])
})

test("the same call over and over is told once", async () => {
  expect(await collect(single, "looper")).toMatchObject([{ status: "complete" }])
  expect(await eventsOf("agent.looping")).toMatchObject([
    { data: { calls: 4, call: 'bash {"command":"echo again","description":"Work"}' } },
  ])
})

test("a rate limit is waited out by all agents of that provider, and disturbs no other", async () => {
  let isLimited = true
  world.model.script("patient", [
    () =>
      isLimited
        ? {
            error: {
              status: 429,
              headers: { "retry-after": "4" },
              body: { error: { message: "Rate limit reached" } },
            },
          }
        : { text: "Worth the wait." },
  ])
  world.model.script("late", [{ text: "I came after the rest." }])
  world.model.script("elsewhere", [{ text: "Nobody limits me." }])
  await lead.call("attach_agent", { fleet_id: single, ...member("patient") })
  const resting = await world.until("the provider rests", (ledger) =>
    ledger.read((db) =>
      db.get<{ provider: string; until: number; reason: string }>("SELECT * FROM cooldowns"),
    ),
  )
  expect(resting).toMatchObject({ provider: "fake", reason: "Rate limit reached" })
  // Its host tells, and whoever supervises in another process heeds it.
  await lead.call("attach_agent", { fleet_id: single, ...member("late") })
  const other = member("elsewhere", { model: "other/m1" })
  await lead.call("attach_agent", { fleet_id: single, ...other })
  expect(await collect(single, "elsewhere")).toMatchObject([{ status: "complete", attempts: 1 }])
  const { agents } = await lead.call("fleet_status", { fleet_id: single })
  expect(agents.find((each: any) => each.name === "late")).toMatchObject({
    status: "queued",
    blocked_on: "provider",
  })
  isLimited = false
  expect(await collect(single, "patient")).toMatchObject([
    { status: "complete", output: "Worth the wait.", attempts: 1 },
  ])
  expect(await collect(single, "late")).toMatchObject([{ status: "complete", attempts: 1 }])
  const started = (await eventsOf("agent.starting")).at(-1)!
  const [limit] = await eventsOf("provider.limited")
  expect(started.agent_id).toStartWith("late-")
  expect(started.at).toBeGreaterThanOrEqual(limit!.at + Number(limit!.data.rest_ms))
  // The first who tried it got an answer, so that nobody waits any more.
  expect(await eventsOf("provider.rest_ended")).toMatchObject([
    { agent_id: started.agent_id, data: { provider: "fake", by: "answer" } },
  ])
})
