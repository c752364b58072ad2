import { errorText } from "../../plugin/mesh/model/errors.ts"
import { createArena, type Played } from "../arena.ts"
import type { Random } from "../random.ts"
import { real } from "../styles.ts"
import { createCollector, createLeadScript } from "../workload.ts"

const atMostMs = 10_000

/** Whoever holds the fleet's lease dies, twice; somebody else holds it soon. */
export const playSupervisorKilled = async (random: Random): Promise<Played> => {
  const names = ["digger", "carrier"]
  const arena = await createArena({
    settings: { tools: ["send_messages"], linger_ms: 2000 },
    agents: {
      lead: createLeadScript(random, real.load, names, "process"),
      next: createCollector(random, real.load, names),
    },
  })
  const { world } = arena
  const violations: string[] = []
  const gates = names.map(world.gate)
  for (const [index, name] of names.entries())
    world.model.script(name, [
      {
        toolCalls: [{ name: "bash", args: { command: gates[index]!.command, description: "Dig" } }],
      },
      { text: "Dug it out." },
    ])
  try {
    arena.open("lead")
    await Promise.all(names.map(arena.untilReached))
    for (const time of ["first", "second"]) {
      const { supervisor_pid: holder, term } = (await arena.fleet())!
      if (!(await arena.strike(holder ?? 0, "killed")))
        violations.push(`the ${time} holder ${holder} is not there to be killed`)
      const struckAt = Date.now()
      await world.until(
        "another holder",
        async () => (await arena.fleet())!.term > term || undefined,
        60_000,
      )
      const tookMs = Date.now() - struckAt
      if (tookMs > atMostMs)
        violations.push(
          `the ${time} holder was replaced after ${tookMs} ms; promised are ${atMostMs}`,
        )
    }
    for (const gate of gates) gate.open()
    await world.until(
      "the fleet is complete",
      async () => (await arena.fleet())?.status === "complete" || undefined,
      180_000,
    )
    await arena.open("next").ended
  } catch (error) {
    violations.push(errorText(error))
  }
  return { world, strikes: arena.strikes, ends: arena.ends, violations, endedAt: Date.now() }
}
