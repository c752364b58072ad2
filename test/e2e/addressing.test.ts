import { afterAll, beforeAll, expect, test } from "bun:test"
import type { Puppet } from "./support/puppet.ts"
import type { Lead } from "./support/window.ts"
import { createWorld, type World } from "./support/world.ts"

let world: World
let lead: Lead
let implementer: Puppet
let tester: Puppet

beforeAll(async () => {
  world = await createWorld({ settings: { isolation: "shared", linger_ms: 500 } })
  const window = await world.window()
  lead = await window.lead("lead")
  implementer = world.member("implementer")
  tester = world.member("tester")
})
afterAll(() => world?.end())

const agents = [
  { name: "implementer", role: "Change", agent: "minimal-change-engineer", prompt: "Change it." },
  { name: "tester", role: "Unit tests", agent: "unit-test-writer", prompt: "Test it." },
]
const question = { type: "question", payload: "Which file?" }

test("a list of agents may be written as JSON text", async () => {
  const spawned = await lead.call("spawn_fleet", { agents: JSON.stringify(agents) })
  expect(spawned.agents.map(({ name }: { name: string }) => name)).toEqual([
    "implementer",
    "tester",
  ])
})

test("a member's briefing names the specialist that each peer is", async () => {
  const { messages } = await tester.request()
  expect(JSON.stringify(messages)).toContain("implementer (Change, minimal-change-engineer)")
})

test("a peer is reached by its specialist, by that one's title and by its role", async () => {
  await implementer.request()
  const [fleet] = await world.fleets()
  const id = (await world.agents(fleet!.id))[0]!.id
  for (const to_agent_id of ["minimal-change-engineer", "Minimal Change Engineer", "change"])
    expect((await tester.call("send_message", { to_agent_id, ...question })).recipients).toEqual([
      id,
    ])
})

test("a specialist that is not in the fleet is refused with who is there and how it joins", async () => {
  const error = await tester.call("send_message", { to_agent_id: "code-reviewer", ...question })
  expect(error).toContain('is called "code-reviewer"; it has implementer (minimal-change-engineer)')
  expect(error).toContain("attach_agent")
})

test("the only fleet need not be named, nor numbers and lists be written as such", async () => {
  const { fleet } = await lead.call("fleet_status", { wait_seconds: "0" })
  const { results } = await lead.call("collect_results", { agent_ids: "tester" })
  expect([fleet.status, results[0].name]).toEqual(["running", "tester"])
  const { stopped } = await lead.call("stop_agents", { agent_ids: "Unit Tests, implementer" })
  expect(stopped).toHaveLength(2)
})
