import { errorText } from "../../plugin/mesh/model/errors.ts"
import { createArena, type Played } from "../arena.ts"
import type { Strike } from "../recovery.ts"

const firstText = "So far: the gold lies at marker seven."
const patienceMs = 240_000

/** A host goes in the middle of a tool call; its agent goes on in its own session. */
const playHostLost = async (how: Strike["how"], atMostMs: number): Promise<Played> => {
  const arena = await createArena({
    agents: {
      lead: [
        {
          toolCalls: [
            {
              name: "spawn_fleet",
              args: {
                isolation: "process",
                agents: [{ name: "digger", role: "digger", prompt: "Dig." }],
              },
            },
          ],
        },
        ({ lastToolResult: { fleet_id } }) => ({
          toolCalls: [{ name: "collect_results", args: { fleet_id, wait_seconds: 300 } }],
        }),
        ({ lastToolResult: { results } }) => ({ text: `COLLECTED ${JSON.stringify(results[0])}` }),
      ],
    },
  })
  const { world } = arena
  const violations: string[] = []
  const expect = (holds: boolean, otherwise: string) => void (holds || violations.push(otherwise))
  const gate = world.gate("digging")
  world.model.script("digger", [
    {
      text: firstText,
      toolCalls: [{ name: "bash", args: { command: gate.command, description: "Dig" } }],
    },
    { text: "Dug it out." },
  ])
  try {
    const lead = arena.open("lead")
    await arena.untilReached("digging")
    const [before] = await world.agents((await arena.fleet())!.id)
    const [busy] = await arena.busyHosts()
    const child = world.processes().filter((pid) => pid !== busy?.host.pid && pid !== lead.pid)
    await arena.strike(busy!.host.pid, how)
    const struckAt = arena.strikes[0]!.at
    const request = await world.model.waitFor(
      ({ agent, isTitle, at }) => agent === "digger" && !isTitle && at > struckAt,
      { timeoutMs: patienceMs },
    )
    const tookMs = Math.round(request.at - struckAt)
    expect(tookMs <= atMostMs, `the next request came after ${tookMs} ms; promised are ${atMostMs}`)
    expect(
      JSON.stringify(request.body.messages).includes(firstText),
      "the first attempt's text is not in the next request",
    )
    const left = child.filter((pid) => world.processes().includes(pid))
    expect(left.length === 0, `children of the first attempt still run: ${left.join()}`)
    await lead.ended
    expect(
      lead.output().includes("Dug it out."),
      `the lead read no result: ${lead.output().slice(-500)}`,
    )
    const [after] = await world.agents((await arena.fleet())!.id)
    expect(after!.status === "complete", `the agent is ${after!.status}`)
    expect(after!.attempts === 2, `it took ${after!.attempts} attempts`)
    expect(after!.session_id === before!.session_id, "it went on in another session")
    const first = await arena.ledger.read((db) =>
      db.get<{ partial: string | null }>(
        "SELECT partial FROM attempts WHERE agent_id = ? AND attempt = 1",
        after!.id,
      ),
    )
    expect(first?.partial === firstText, `the ledger kept of the first attempt: ${first?.partial}`)
  } catch (error) {
    violations.push(errorText(error))
  }
  return { world, strikes: arena.strikes, ends: arena.ends, violations, endedAt: Date.now() }
}

export const playHostKilled = () => playHostLost("killed", 15_000)
export const playHostFrozen = () => playHostLost("frozen", 75_000)
