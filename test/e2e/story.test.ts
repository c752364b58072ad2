import { afterAll, beforeAll, expect, test } from "bun:test"
import { createWorld, type World } from "./support/world.ts"

const prompt = (name: string) => `Do the ${name} part.`

let world: World
beforeAll(async () => {
  world = await createWorld({
    agents: {
      lead: [
        {
          toolCalls: [
            {
              name: "spawn_fleet",
              args: {
                name: "story",
                agents: [
                  { name: "mapper", role: "Mapper", prompt: prompt("map") },
                  { name: "reviewer", role: "Reviewer", prompt: prompt("review") },
                  { name: "maker", role: "Maker", prompt: prompt("make") },
                ],
              },
            },
          ],
        },
        (context) => ({
          toolCalls: [
            {
              name: "attach_agent",
              args: {
                fleet_id: context.lastToolResult.fleet_id,
                role: "Security Reviewer",
                prompt: prompt("audit"),
                agent: "application-security-engineer",
              },
            },
          ],
        }),
        (context) => ({
          toolCalls: [
            {
              name: "collect_results",
              args: { fleet_id: context.lastToolResult.fleet_id, wait_seconds: 120 },
            },
          ],
        }),
        (context) => ({
          text: `collected ${context.lastToolResult.results.length}, ${context.system.includes("wait in collect_results") ? "told to wait" : "told nothing"}`,
        }),
      ],
      mapper: [
        {
          toolCalls: [
            {
              name: "bash",
              args: {
                command: "ls; sleep 300 >/dev/null 2>&1 & echo started",
                description: "list",
              },
            },
          ],
        },
        {
          toolCalls: [
            {
              name: "send_message",
              args: { to_agent_id: "reviewer", type: "handoff", payload: "MAP: one README" },
            },
          ],
        },
        { text: "The map: one README." },
      ],
      reviewer: [{ text: "I wait for the map." }, { text: "Reviewed the map." }],
      maker: [{ text: "Made it." }],
      "security-reviewer": [{ text: "Audited." }],
    },
  })
})
afterAll(() => world?.end())

test("a lead spawns three agents, one hands work to another, a fourth is attached, and all results come back", async () => {
  const lead = world.run("Run the story.")
  expect(await lead.ended).toBe(0)
  const endedAt = Date.now()
  expect(lead.output()).toContain("collected 4, told to wait")

  const fleet = (await world.fleets())[0]!
  const agents = await world.agents(fleet.id)
  expect(agents.map((agent) => [agent.name, agent.status, agent.output])).toEqual([
    ["mapper", "complete", "The map: one README."],
    ["reviewer", "complete", "Reviewed the map."],
    ["maker", "complete", "Made it."],
    ["security-reviewer", "complete", "Audited."],
  ])
  const events = await world.events()
  const pids = new Set(
    events.filter((event) => event.type === "agent.running").map((event) => event.data["pid"]),
  )
  expect(pids.size).toBe(4)
  const request = await world.model.waitFor(
    (each) =>
      each.agent === "reviewer" && JSON.stringify(each.body.messages).includes("MAP: one README"),
    { timeoutMs: 1000 },
  )
  expect(JSON.stringify(request.body.messages)).toContain("handoff from mapper")

  expect(await world.untilGone(endedAt + 20_000 - Date.now())).toEqual([])
})
