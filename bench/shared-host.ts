import { setTimeout as sleep } from "node:timers/promises"
import { agentsOfFleet } from "../plugin/mesh/ledger/tables/agents.ts"
import type { HostRow } from "../plugin/mesh/ledger/tables/rows.ts"
import type { Step } from "../scripted-model/types.ts"
import { createWorld, type World } from "../test/e2e/support/world.ts"
import { readCost } from "./support/process-cost.ts"
import { atMost, type Findings, type Measurement } from "./support/report.ts"
import { instant } from "./support/statistics.ts"

const count = 50
const patienceMs = 300_000
const names = Array.from({ length: count }, (_, at) => `agent-${at + 1}`)

/** Fifty agents at work at once in one host. */
export const sharedHost: Measurement = {
  name: "shared",
  title: "Fifty agents in one shared host",
  async run(): Promise<Findings> {
    const waiting = new Set<string>()
    const everybody = Promise.withResolvers<void>()
    const first =
      (name: string): Step =>
      async () => {
        waiting.add(name)
        if (waiting.size === count) everybody.resolve()
        await everybody.promise
        return {
          toolCalls: [
            { name: "bash", args: { command: `echo ${name}`, description: "Say the name" } },
          ],
        }
      }
    const world = await createWorld({
      agents: {
        lead: [
          {
            toolCalls: [
              {
                name: "spawn_fleet",
                args: {
                  isolation: "shared",
                  max_parallel: count,
                  agents: names.map((name) => ({ name, role: "Worker", prompt: "Say your name." })),
                },
              },
            ],
          },
          ({ lastToolResult }) => ({
            toolCalls: [
              {
                name: "collect_results",
                args: { fleet_id: lastToolResult.fleet_id, wait_seconds: patienceMs / 1000 },
              },
            ],
          }),
          { text: "Collected." },
        ],
        ...Object.fromEntries(
          names.map((name): [string, Step[]] => [name, [first(name), { text: `I am ${name}.` }]]),
        ),
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
  const startedAt = instant()
  world.run("Run fifty.")
  const ledger = await world.ledger()
  const agents = () =>
    ledger.read(async (db) => {
      const fleet = await db.get<{ id: string }>("SELECT id FROM fleets")
      return fleet ? await agentsOfFleet(db, fleet.id) : []
    })
  const hosts = () => ledger.read((db) => db.all<HostRow>("SELECT * FROM hosts"))
  let peakMb = 0
  let cpuSeconds = 0
  const isOver = async () => {
    const all = await agents()
    return all.length === count && all.every((agent) => agent.ended_at !== null)
  }
  for (const giveUpAt = Date.now() + patienceMs; !(await isOver()); await sleep(50)) {
    if (Date.now() > giveUpAt) {
      const left = (await agents()).filter((agent) => agent.ended_at === null)
      throw new Error(`${left.length} of ${count} did not end\n${world.logs()}`)
    }
    const cost = readCost((await hosts())[0]?.pid ?? 0)
    peakMb = Math.max(peakMb, cost?.peakMb ?? 0)
    cpuSeconds = Math.max(cpuSeconds, cost?.cpuSeconds ?? 0)
  }
  const wallSeconds = (instant() - startedAt) / 1000
  const last = readCost((await hosts())[0]!.pid!)
  peakMb = Math.max(peakMb, last?.peakMb ?? 0)
  cpuSeconds = Math.max(cpuSeconds, last?.cpuSeconds ?? 0)
  const complete = (await agents()).filter((agent) => agent.output === `I am ${agent.name}.`).length
  return {
    method: `A lead (opencode run) spawns ${count} agents with isolation shared and collects their results. The model answers none of them before all ${count} have asked, so all are at work at once; each then makes one bash call and answers. Memory: the peak resident set (VmHWM) of the host. Wall time runs from the lead's start to the last agent's end.`,
    tables: [
      {
        head: ["agents", "complete", "hosts", "peak RSS MB", "host CPU s", "wall s"],
        rows: [[count, complete, (await hosts()).length, peakMb, cpuSeconds, wallSeconds]],
      },
    ],
    targets: [
      {
        what: "all complete, in one host",
        limit: `${count} in 1`,
        measured: `${complete} in ${(await hosts()).length}`,
        met: complete === count && (await hosts()).length === 1,
      },
      atMost("peak RSS", peakMb / 1024, 1.2, "GB"),
    ],
  }
}
