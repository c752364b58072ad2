import { rmSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { agentsOfFleet } from "../plugin/mesh/ledger/tables/agents.ts"
import { hostById } from "../plugin/mesh/ledger/tables/hosts.ts"
import type { Step } from "../scripted-model/types.ts"
import { createWorld, type World } from "../test/e2e/support/world.ts"
import { readCost, readMemory } from "./support/process-cost.ts"
import { atMost, type Findings, type Measurement } from "./support/report.ts"
import { median } from "./support/statistics.ts"

const idleCount = 3
const windowMs = 60_000
const idlers = Array.from({ length: idleCount }, (_, at) => `idle-${at + 1}`)

interface Sample {
  /** Percent of one core. */
  cpu: number
  rssMb: number
  pssMb: number
}

/** What a host costs that stays because its agent may be asked something. */
export const idleHost: Measurement = {
  name: "idle",
  title: "A host that stays while its fleet runs",
  async run(): Promise<Findings> {
    let isBusy = false
    let count = 0
    const work: Step = () => ({
      toolCalls: [
        {
          name: "bash",
          // OpenCode takes three calls with the same arguments for a loop.
          args: { command: `sleep ${isBusy ? 0.2 : 75}; echo ${++count}`, description: "Work" },
        },
      ],
    })
    const world = await createWorld({
      agents: {
        worker: [work],
        ...Object.fromEntries(idlers.map((name) => [name, [{ text: "Ready." }]])),
      },
    })
    const bare = await createWorld()
    rmSync(join(bare.project, ".opencode/plugin"), { recursive: true })
    const unused = await createWorld()
    try {
      const bystanders = [await windowOf(bare), await windowOf(unused)]
      const pids = await startFleet(world)
      await sleep(5000)
      const [floor, instance] = await costOf(bystanders)
      const quiet = await costOf(pids)
      isBusy = true
      await world.until(
        "the worker works in short steps",
        async () => (count > 3 ? true : undefined),
        120_000,
      )
      const before = count
      const noisy = await costOf(pids)
      return report({ floor: [floor!], instance: [instance!], quiet, noisy }, count - before)
    } finally {
      await Promise.all([world, bare, unused].map((each) => each.end()))
    }
  },
}

/** The pid of a window that has answered one prompt. */
const windowOf = async (world: World) => {
  const window = await world.window()
  await (await window.lead("bystander")).says("Ready.")
  return window.run.pid
}

/** One member works, the others have answered; the pids of the others' hosts. */
const startFleet = async (world: World): Promise<number[]> => {
  const lead = await (await world.window()).lead("lead")
  const { fleet_id } = await lead.call("spawn_fleet", {
    isolation: "process",
    max_parallel: idleCount + 1,
    agents: ["worker", ...idlers].map((name) => ({ name, role: "Bench", prompt: "Begin." })),
  })
  await lead.says("Spawned.")
  return world.until("the others have answered", (ledger) =>
    ledger.read(async (db) => {
      const agents = await agentsOfFleet(db, fleet_id)
      const done = agents.filter((agent) => agent.status === "complete")
      if (done.length < idleCount) return undefined
      const pids: number[] = []
      for (const { host_id } of done) pids.push((await hostById(db, host_id!))!.pid!)
      return pids
    }),
  )
}

const costOf = async (pids: readonly number[]): Promise<Sample[]> => {
  const costs = () => pids.map((pid) => readCost(pid)!.cpuSeconds)
  const before = costs()
  await sleep(windowMs)
  return costs().map((cpuSeconds, at) => ({
    cpu: ((cpuSeconds - before[at]!) / (windowMs / 1000)) * 100,
    ...readMemory(pids[at]!),
  }))
}

type Samples = Record<"floor" | "instance" | "quiet" | "noisy", readonly Sample[]>

const report = ({ floor, instance, quiet, noisy }: Samples, steps: number): Findings => {
  const of = (samples: readonly Sample[], what: keyof Sample) =>
    median(samples.map((each) => each[what]))
  const row = (name: string, samples: readonly Sample[]) => [
    name,
    samples.length,
    of(samples, "cpu"),
    of(samples, "rssMb"),
    of(samples, "pssMb"),
  ]
  return {
    method: `A fleet of ${idleCount + 1} in process isolation whose lead's window stays open; ${idleCount} members have answered, one works. CPU: user and system time over ${windowMs / 1000} s, in percent of one core. Memory at the end of that: RSS, and PSS, in which what processes share is divided among them. Quiet: the working member is inside one long tool call. Busy: it works in steps of a 0.2 s bash call, and made ${steps} of them. The bare \`opencode serve\` has answered one prompt and has no plugin; the one without a fleet has answered one prompt and has the plugin. Both are measured in the same minute.`,
    tables: [
      {
        head: ["median", "processes", "CPU %", "RSS MB", "PSS MB"],
        rows: [
          row("bare opencode serve", floor),
          row("opencode serve with the plugin, no fleet", instance),
          row("idle host, fleet quiet", quiet),
          row("idle host, fleet busy", noisy),
        ],
      },
    ],
    targets: [
      atMost(
        "CPU of an idle plugin: what it adds to a bare opencode serve",
        of(instance, "cpu") - of(floor, "cpu"),
        0.5,
        "%",
      ),
      atMost("CPU of an idle host, fleet quiet", of(quiet, "cpu"), 2, "%"),
      atMost("CPU of an idle host, fleet busy", of(noisy, "cpu"), 3, "%"),
    ],
  }
}
