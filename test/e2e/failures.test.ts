import { afterAll, beforeAll, expect, test } from "bun:test"
import { rmSync } from "node:fs"
import { join } from "node:path"
import type { Lead } from "./support/window.ts"
import { createWorld, type World } from "./support/world.ts"

const attempts = 2
const noUsage = { prompt_tokens: 0, completion_tokens: 0 }
let world: World
let lead: Lead
let collected: { status: string; complete: boolean; results: Record<string, any>[] }
let fleetId: string

const result = (name: string) => collected.results.find((each) => each["name"] === name)!

beforeAll(async () => {
  world = await createWorld({
    settings: {
      isolation: "shared",
      attempts,
      retry_base_ms: 50,
      linger_ms: 500,
      question_deadline_ms: 700,
    },
    config: { permission: { bash: { "*": "allow", "git push *": "ask" } } },
    agents: {
      denied: [() => ({ error: { status: 401 } })],
      // The first chunk has time to arrive: Bun's fetch drops what comes together with the end.
      broken: [
        () => ({
          text: "An answer that breaks.",
          chunkSize: 5,
          chunkDelayMs: 1000,
          cutAfterChars: 10,
        }),
      ],
      cut: [() => ({ text: "An answer without", finish: "", usage: noUsage })],
      empty: [() => ({})],
      stranger: [{ text: "Nobody asks this model." }],
      asker: [
        {
          toolCalls: [
            { name: "bash", args: { command: "git push origin main", description: "Push" } },
          ],
        },
        ({ toolResults }) => ({ text: `I could not push: ${toolResults.at(-1)?.text}` }),
      ],
    },
  })
  // What the lead's OpenCode knows and a host that starts later does not.
  const extra = join(world.project, ".opencode/opencode.json")
  world.write(extra, JSON.stringify({ provider: { fake: { models: { gone: { name: "Gone" } } } } }))
  const window = await world.window()
  lead = await window.lead("lead")
  await lead.call("list_fleets")
  rmSync(extra)
  const spawned = await lead.call("spawn_fleet", {
    agents: ["denied", "broken", "cut", "empty", "stranger", "asker"].map((name) => ({
      name,
      role: name,
      prompt: `Be ${name}.`,
      ...(name === "stranger" && { model: "fake/gone" }),
    })),
  })
  fleetId = spawned.fleet_id
  // The lead is idle and has to be told.
  await lead.says("They are at work.")
})
afterAll(() => world?.end())

test("while OpenCode tries a broken stream again, the agent shows whom it waits for", async () => {
  await world.until("the broken agent waits for its provider", (ledger) =>
    ledger.read((db) =>
      db.get("SELECT id FROM agents WHERE name = 'broken' AND blocked_on = 'provider'"),
    ),
  )
  const { agents } = await lead.call("fleet_status", { fleet_id: fleetId })
  const broken = agents.find((each: any) => each.name === "broken")
  expect(broken).toMatchObject({ status: "running", attempts: 1, blocked_on: "provider" })
  expect(broken.activity).toStartWith("waits for the provider")
  await lead.call("stop_agents", {
    fleet_id: fleetId,
    agent_ids: ["broken"],
    reason: "It goes on for a minute.",
  })
  await lead.says("One stopped.")
})

test("a lead is told once of each failure, of what was asked, and that its fleet ended failed", async () => {
  await world.until("the fleet has ended", (ledger) =>
    ledger.read((db) =>
      db.get("SELECT id FROM fleets WHERE id = ? AND status <> 'running'", fleetId),
    ),
  )
  const isTold = (patienceMs: number) =>
    world
      .until(
        "the lead was told",
        (ledger) =>
          ledger.read(async (db) =>
            (await db.get(
              "SELECT 1 FROM deliveries WHERE recipient = ? AND state IN ('accepted', 'injected')",
              `lead:${fleetId}`,
            ))
              ? undefined
              : true,
          ),
        patienceMs,
      )
      .catch(() => false)
  // One failure may come alone, and the next while the lead is asked about it: it reads on.
  await lead.request()
  while (!(await isTold(2000))) {
    await lead.says("Read.")
    await lead.request()
  }
  collected = await lead.call("collect_results", { fleet_id: fleetId })
  const quoted = (text: string) => `\\"${text}\\"`
  const read = JSON.stringify((await lead.request()).messages)
  const times = (text: string) => read.split(text).length - 1
  expect(
    times(`Fleet ${fleetId} ${quoted("denied-broken-cut-empty-stranger")} has ended: failed`),
  ).toBe(1)
  // While it waits, or, if the lead was not to be reached so soon, afterwards.
  const asked = `Agent ${quoted("asker")} of ${fleetId}`
  const wanted = "`permission: bash git push origin main`"
  expect(times(`${asked} is waiting for ${wanted}`) + times(`${asked} asked for ${wanted}`)).toBe(1)
  // What the end of the fleet tells as well needs no message of its own.
  for (const name of ["denied", "cut", "empty", "stranger"]) {
    expect(times(`Agent ${quoted(name)} of ${fleetId} failed`)).toBeLessThanOrEqual(1)
    expect(times(`${name} failed`)).toBe(1)
  }
})

test("a fleet with failed agents is failed and complete", () => {
  expect([collected.status, collected.complete]).toEqual(["failed", true])
})

test("a provider that refuses the key fails the agent with its status", () => {
  expect(result("denied")).toMatchObject({ status: "failed", attempts, partial: true })
  expect(result("denied")["error"].code).toBe("SESSION_ERROR")
  expect(result("denied")["error"].detail).toContain("401")
})

test("a stream that ends in mid-answer, every time, fails the agent and keeps what it had said", () => {
  expect(result("cut")).toMatchObject({
    status: "failed",
    attempts,
    error: { code: "STREAM_CUT", detail: "the model's stream ended in mid-answer" },
    output: "An answer without",
  })
})

test("an agent that is stopped while its stream breaks keeps what it had said", () => {
  expect(result("broken")).toMatchObject({
    status: "cancelled",
    attempts: 1,
    error: { code: "CANCELLED", detail: "It goes on for a minute." },
  })
  expect(result("broken")["output"]).toStartWith("An an")
})

test("an empty answer is no answer", () => {
  expect(result("empty")).toMatchObject({ status: "failed", attempts, output: "" })
  expect(result("empty")["error"].code).toBe("EMPTY_ANSWER")
})

test("a model that the host does not know fails the agent with its name", () => {
  expect(result("stranger")).toMatchObject({ status: "failed", attempts, output: "" })
  expect(result("stranger")["error"].code).toBe("SESSION_ERROR")
  expect(result("stranger")["error"].detail).toEndWith("Model not found: fake/gone.")
})

test("a permission nobody gives in time is rejected with that reason, and the agent goes on", () => {
  expect(result("asker")).toMatchObject({ status: "complete", attempts: 1 })
  expect(result("asker")["output"]).toContain(
    "It was not refused: nobody answered within 0.7 s. Go on without it, or report what you could not do.",
  )
})
