import { errorText } from "../../plugin/mesh/model/errors.ts"
import { createArena, type Played } from "../arena.ts"
import type { Random } from "../random.ts"
import { real } from "../styles.ts"
import { createLeadScript } from "../workload.ts"

/** The lead dies while its fleet works; the next session of the project reads the results. */
export const playLeadKilled = async (random: Random): Promise<Played> => {
  const arena = await createArena({
    settings: { tools: ["send_messages"], linger_ms: 2000 },
    agents: {
      lead: createLeadScript(random, real.load, ["digger", "carrier"], "process"),
      next: [
        { toolCalls: [{ name: "list_fleets", args: {} }] },
        (context) => {
          const { toolResults } = context
          const fleetId = /flt_[A-Za-z0-9]+/.exec(toolResults[0]?.text ?? "")?.[0]
          if (toolResults.length > 1) return { text: `READ ${toolResults.at(-1)!.text}` }
          return {
            toolCalls: [
              { name: "collect_results", args: { fleet_id: fleetId, wait_seconds: 120 } },
            ],
          }
        },
      ],
      carrier: [({ messages }) => ({ text: `Carried ${messages.length > 1 ? "it" : "nothing"}.` })],
    },
  })
  const { world } = arena
  const violations: string[] = []
  const gate = world.gate("digging")
  world.model.script("digger", [
    { toolCalls: [{ name: "bash", args: { command: gate.command, description: "Dig" } }] },
    {
      toolCalls: [
        {
          name: "send_message",
          args: { to_agent_id: "carrier", type: "handoff", payload: "gold" },
        },
      ],
    },
    {
      toolCalls: [
        { name: "send_message", args: { to_agent_id: "lead", type: "result", payload: "gold" } },
      ],
    },
    { text: "Dug it out." },
  ])
  try {
    const lead = arena.open("lead")
    await arena.untilReached("digging")
    await arena.strike(lead.pid, "killed")
    await lead.ended
    gate.open()
    await world.until(
      "the fleet is complete",
      async () => (await arena.fleet())?.status === "complete" || undefined,
      180_000,
    )
    const next = arena.open("next")
    await next.ended
    for (const text of ["Dug it out.", "Carried it."])
      if (!next.output().includes(text))
        violations.push(`the next session did not read "${text}": ${next.output().slice(-500)}`)
  } catch (error) {
    violations.push(errorText(error))
  }
  return { world, strikes: arena.strikes, ends: arena.ends, violations, endedAt: Date.now() }
}
