import { afterAll, beforeAll, expect, test } from "bun:test"
import type { Step } from "../../../scripted-model/types.ts"
import { createWorld, type World } from "../support/world.ts"

let world: World

/** Answers all mail with thanks, and ends its turn with thanks. */
const politely =
  (to: string): Step =>
  ({ messages, lastUser }) => {
    const isAnswered = messages.at(-1)!.role === "tool"
    if (isAnswered || !lastUser.includes("[meshfleet]")) return { text: "Thank you!" }
    const args = { to_agent_id: to, type: "result", payload: "Thank you!" }
    return { toolCalls: [{ name: "send_message", args }] }
  }

beforeAll(async () => {
  world = await createWorld({ settings: { linger_ms: 1000, attempts: 1, idle_exchanges: 3 } })
})
afterAll(() => world?.end())

const requests = () => world.model.requests.filter(({ isTitle }) => !isTitle).length

test("a lead and its agent that only thank each other come to an end, and the lead is told once", async () => {
  const window = await world.window()
  const lead = await window.lead("lead")
  // OpenCode's preview of its version 2 loads the plugin's entry for that as well.
  expect((await fetch(window.url("/api/session"))).ok).toBe(true)
  world.model.script("polite", [politely("lead")])
  await lead.call("spawn_fleet", {
    agents: [{ name: "polite", role: "Polite", prompt: "[meshfleet] Greet your lead." }],
  })
  world.model.script("lead", [politely("polite")])
  await lead.says("I wait.")

  const told = await world.until("the lead was told", async (ledger) =>
    ledger.read((db) =>
      db.get<{ state: string }>(
        `SELECT d.state FROM deliveries d JOIN messages m ON m.seq = d.message_seq
         WHERE m.payload LIKE '%You are told this once%' AND d.state = 'acked'`,
      ),
    ),
  )
  expect(told).toBeDefined()
  await world.until("all are at rest", async () =>
    (await world.fleets())[0]!.status === "complete" ? true : undefined,
  )
  await window.rest(lead)
  const before = requests()
  // Two circles at most, one begun by its message and one by its answer: three exchanges of two messages
  // each, a request for each message and one after it, and what a refusal or a notice is answered with.
  expect(before).toBeLessThan(40)
  expect(window.run.output()).not.toContain("Meshfleet is off")
  const stored = JSON.stringify(await window.messages(lead.sessionId))
  expect(stored.split("You are told this once").length - 1).toBe(1)

  // Whoever does something, or a person who speaks to the lead, is heard again.
  await lead.prompt("Ask it for its favourite colour.")
  await world.until("it goes on", async () =>
    (await world.events()).some(({ type }) => type === "fleet.cap_lifted") ? true : undefined,
  )
})
