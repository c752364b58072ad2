import { setTimeout as sleep } from "node:timers/promises"
import { agentById } from "../plugin/mesh/ledger/tables/agents.ts"
import type { Turn } from "../scripted-model/types.ts"
import { createWorld, type World } from "../test/e2e/support/world.ts"
import { watchArrivals } from "./support/arrivals.ts"
import { memberCaller, messagesOver } from "./support/bench-ledger.ts"
import { atMost, type Findings, type Measurement } from "./support/report.ts"
import { instant, percentile } from "./support/statistics.ts"

const samples = 50

/** From the sender's call to the recipient's model request, in a real host. */
export const delivery: Measurement = {
  name: "delivery",
  title: "Message sent → in the recipient's model request",
  async run(): Promise<Findings> {
    const steps = createSteps()
    const world = await createWorld({
      agents: {
        lead: [
          {
            toolCalls: [
              {
                name: "spawn_fleet",
                args: {
                  isolation: "shared",
                  agents: ["sender", "idle", "busy"].map((name) => ({
                    name,
                    role: "Bench",
                    prompt: "Say that you are ready.",
                  })),
                },
              },
            ],
          },
          { text: "Spawned." },
        ],
        busy: [steps.next],
        idle: [() => ({ text: "Read." })],
      },
      // The host and its members stay for as long as the measurement takes.
      settings: { linger_ms: 600_000, wakes_per_fleet: 100_000 },
    })
    try {
      return await measure(world, steps)
    } finally {
      await world.end()
    }
  },
}

/** The busy member works on in short steps for as long as it is told to. */
const createSteps = () => {
  let working = false
  let count = 0
  return {
    next: (): Turn =>
      working
        ? {
            // Three calls with the same arguments are a loop to OpenCode.
            toolCalls: [
              {
                name: "bash",
                args: { command: `sleep 0.2; echo ${++count}`, description: "A step" },
              },
            ],
          }
        : { text: "Ready." },
    work: (on: boolean) => void (working = on),
  }
}

const measure = async (world: World, steps: ReturnType<typeof createSteps>): Promise<Findings> => {
  await world.run("Spawn the fleet.").ended
  const fleet = (await world.fleets())[0]
  if (!fleet) throw new Error(`no fleet was spawned\n${world.logs()}`)
  const agents = await world.agents(fleet.id)
  const idOf = (name: string) => agents.find((agent) => agent.name === name)!.id
  const untilIdle = (name: string) =>
    world.until(`${name} is idle`, async (ledger) =>
      (await ledger.read((db) => agentById(db, idOf(name))))?.status === "complete"
        ? true
        : undefined,
    )
  for (const { name } of agents) await untilIdle(name)

  const ledger = await world.ledger()
  const { messages, close } = messagesOver(ledger)
  const arrivals = watchArrivals(world, /<((?:idle|busy)-\w+)>/g)
  const sender = memberCaller(idOf("sender"), fleet.id, fleet.project)
  const send = async (name: string, mark: string) => {
    const sentAt = instant()
    await messages.send(sender, { to_agent_id: name, type: "result", payload: `<${mark}>` })
    const arrived = await arrivals.of(mark)
    return {
      waited: arrived.at - sentAt,
      passedOver: arrivals.requestsBetween(name, sentAt, arrived.at),
    }
  }
  // At any phase of the host's looks at the ledger, which come every 50 ms.
  const pause = (leastMs: number) => sleep(leastMs + Math.random() * 200)

  try {
    const idle: Awaited<ReturnType<typeof send>>[] = []
    for (let at = 0; at < samples; at++) {
      await untilIdle("idle")
      await pause(50)
      idle.push(await send("idle", `idle-${at}`))
    }
    steps.work(true)
    await send("busy", "busy-start")
    const busy: typeof idle = []
    for (let at = 0; at < samples; at++) {
      await pause(300)
      busy.push(await send("busy", `busy-${at}`))
    }
    steps.work(false)
    await untilIdle("busy")
    const row = (name: string, of: typeof idle) => {
      const waited = of.map((each) => each.waited)
      return [
        name,
        of.length,
        percentile(waited, 50),
        percentile(waited, 95),
        Math.max(...waited),
        Math.max(...of.map((each) => each.passedOver)),
      ]
    }
    const waits = idle.map((each) => each.waited)
    const twice = arrivals.repeated()
    return {
      method:
        "One real OpenCode host with three members. Another process sends as one of them through the message service; the clock runs from before the call to the arrival of the first model request that holds the message at the scripted model server. The idle recipient has ended its turn; the busy one works in steps of one bash call (0.2 s), and gets each message in its next step: passed over counts the model requests it made in between.",
      tables: [
        {
          head: [
            "recipient",
            "samples",
            "p50 ms",
            "p95 ms",
            "worst ms",
            "steps passed over, worst",
          ],
          rows: [row("idle", idle), row("busy", busy)],
        },
      ],
      targets: [
        atMost("idle, p95", percentile(waits, 95), 500, "ms"),
        atMost("idle, worst", Math.max(...waits), 1500, "ms"),
        {
          what: "in every request exactly once",
          limit: "0 repeated",
          measured: `${twice.length} repeated`,
          met: twice.length === 0,
        },
      ],
    }
  } finally {
    arrivals.close()
    close()
  }
}
