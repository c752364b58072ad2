import { setTimeout as sleep } from "node:timers/promises"
import { agentById } from "../plugin/mesh/ledger/tables/agents.ts"
import type { HostRow } from "../plugin/mesh/ledger/tables/rows.ts"
import type { Step } from "../scripted-model/types.ts"
import { createWorld, type World } from "../test/e2e/support/world.ts"
import { watchArrivals } from "./support/arrivals.ts"
import { memberCaller, messagesOver } from "./support/bench-ledger.ts"
import { atMost, type Findings, type Measurement } from "./support/report.ts"
import { instant, percentile } from "./support/statistics.ts"

/** How long the others work between two messages to the same agent. */
const paces = [
  { name: "at-15-s", pauseMs: 15_000, samples: 24 },
  { name: "at-120-s", pauseMs: 120_000, samples: 3 },
]
const agents = ["worker", ...paces.map(({ name }) => name)]

/** What a message to an agent costs that answered long ago. */
export const wakePaces: Measurement = {
  name: "paces",
  title: "Message to an agent that answered 15 s and 120 s ago",
  async run(): Promise<Findings> {
    let steps = 0
    const work: Step = () => ({
      toolCalls: [
        // OpenCode takes three calls with the same arguments for a loop.
        { name: "bash", args: { command: `sleep 5; echo ${++steps}`, description: "Work" } },
      ],
    })
    const world = await createWorld({
      agents: {
        worker: [work],
        ...Object.fromEntries(paces.map(({ name }) => [name, [() => ({ text: "Read." })]])),
      },
    })
    try {
      return await measure(world)
    } finally {
      await world.end()
    }
  },
}

const measure = async (world: World): Promise<Findings> => {
  const lead = await (await world.window()).lead("lead")
  const { fleet_id: fleetId } = await lead.call("spawn_fleet", {
    isolation: "process",
    agents: agents.map((name) => ({ name, role: "Bench", prompt: "Begin." })),
  })
  await lead.says("Spawned.")
  const members = await world.agents(fleetId)
  const idOf = (name: string) => members.find((agent) => agent.name === name)!.id
  const untilIdle = (name: string) =>
    world.until(`${name} is idle`, async (ledger) =>
      (await ledger.read((db) => agentById(db, idOf(name))))?.status === "complete"
        ? true
        : undefined,
    )
  const ledger = await world.ledger()
  const { messages, close } = messagesOver(ledger)
  const arrivals = watchArrivals(world, /<(at-\w+-s-\d+)>/g)
  const { project } = (await world.fleets())[0]!
  const sender = memberCaller(idOf("worker"), fleetId, project)
  try {
    const rows = await Promise.all(
      paces.map(async ({ name, pauseMs, samples }) => {
        const waits: number[] = []
        for (let at = 0; at < samples; at++) {
          await untilIdle(name)
          // At any phase of what the host does by itself.
          await sleep(pauseMs + Math.random() * 1000)
          const mark = `${name}-${at}`
          const sentAt = instant()
          await messages.send(sender, { to_agent_id: name, type: "result", payload: `<${mark}>` })
          waits.push((await arrivals.of(mark)).at - sentAt)
        }
        return { name, waits }
      }),
    )
    const hosts = await ledger.read((db) => db.all<HostRow>("SELECT * FROM hosts"))
    return {
      method: `A fleet of ${agents.length} in process isolation with the default settings, its lead's window open. One member works all the time, in steps of a 5 s bash call; each of the others answers, and is sent a message when it has been idle for its pause. The clock runs as in the section above.`,
      tables: [
        {
          head: ["pause s", "samples", "p50 ms", "p95 ms", "worst ms"],
          rows: rows.map(({ waits }, at) => [
            paces[at]!.pauseMs / 1000,
            waits.length,
            percentile(waits, 50),
            percentile(waits, 95),
            Math.max(...waits),
          ]),
        },
      ],
      targets: [
        ...rows.flatMap(({ name, waits }) => [
          atMost(`${name.replaceAll("-", " ")}, p95`, percentile(waits, 95), 500, "ms"),
          atMost(`${name.replaceAll("-", " ")}, worst`, Math.max(...waits), 1000, "ms"),
        ]),
        atMost("hosts started per agent", hosts.length / agents.length, 1, "hosts"),
        {
          what: "in every request exactly once",
          limit: "0 repeated",
          measured: `${arrivals.repeated().length} repeated`,
          met: arrivals.repeated().length === 0,
        },
      ],
    }
  } finally {
    arrivals.close()
    close()
  }
}
