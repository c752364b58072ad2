import { rmSync } from "node:fs"
import { join } from "node:path"
import { agentById } from "../plugin/mesh/ledger/tables/agents.ts"
import { hostById } from "../plugin/mesh/ledger/tables/hosts.ts"
import type { Step } from "../scripted-model/types.ts"
import { createWorld, type World } from "../test/e2e/support/world.ts"
import { costUntil, type ProcessCost } from "./support/process-cost.ts"
import { atMost, type Findings, type Measurement } from "./support/report.ts"
import { instant, median } from "./support/statistics.ts"

const pairs = 5
const patienceMs = 120_000
const answer = "The README has one line."
const prompt = "[[as:worker]] Read the README and say what it holds."
const script: Step[] = [
  {
    toolCalls: [
      { name: "bash", args: { command: "cat README.md", description: "Read the README" } },
    ],
  },
  { text: answer },
]

interface Sample extends ProcessCost {
  wallSeconds: number
}

/** An agent with a process of its own, against `opencode run` without us doing the same. */
export const agentCost: Measurement = {
  name: "agent",
  title: "An agent in process isolation against a bare `opencode run`",
  async run(): Promise<Findings> {
    const world = await createWorld({
      agents: { worker: script },
      settings: { linger_ms: 1000 },
    })
    const bare = await createWorld({ agents: { worker: script } })
    rmSync(join(bare.project, ".opencode/plugin"), { recursive: true })
    try {
      const lead = await (await world.window()).lead("lead")
      const agents: Sample[] = []
      const runs: Sample[] = []
      // The first of each fills caches that all later ones share.
      await runAgent(world, lead)
      await runBare(bare)
      for (let at = 0; at < pairs; at++) {
        if (at % 2 === 0) runs.push(await runBare(bare))
        agents.push(await runAgent(world, lead))
        if (at % 2 === 1) runs.push(await runBare(bare))
      }
      return report(agents, runs)
    } finally {
      await Promise.all([world.end(), bare.end()])
    }
  },
}

const report = (agents: readonly Sample[], runs: readonly Sample[]): Findings => {
  const of = (samples: readonly Sample[], what: keyof Sample) =>
    median(samples.map((sample) => sample[what]))
  // Pair by pair: what else the machine does meets both halves of a pair alike.
  const ratios = (what: keyof Sample) => agents.map((agent, at) => agent[what] / runs[at]![what])
  const row = (name: string, samples: readonly Sample[]) => [
    name,
    of(samples, "cpuSeconds"),
    of(samples, "peakMb"),
    of(samples, "wallSeconds"),
  ]
  return {
    method: `The same prompt, model and two scripted turns (one bash call), ${pairs} pairs in turn after one of each for the caches. CPU: user and system time of the process and its finished children; memory: the peak of its resident set (VmHWM); both read when the result is there, that is, when the agent is complete in the ledger, or when the answer is on the bare run's stdout. Ratios are medians of the pairs' ratios.`,
    tables: [
      {
        head: ["median", "CPU s", "peak RSS MB", "wall s"],
        rows: [row("agent's host", agents), row("bare opencode run", runs)],
      },
      {
        head: ["pair", "host CPU s", "bare CPU s", "ratio", "host MB", "bare MB", "MB ratio"],
        rows: agents.map((agent, at) => [
          at + 1,
          agent.cpuSeconds,
          runs[at]!.cpuSeconds,
          ratios("cpuSeconds")[at]!,
          agent.peakMb,
          runs[at]!.peakMb,
          ratios("peakMb")[at]!,
        ]),
      },
    ],
    targets: [
      atMost("CPU, agent to bare run", median(ratios("cpuSeconds")), 1.2, "×"),
      atMost("peak RSS, agent to bare run", median(ratios("peakMb")), 1.2, "×"),
    ],
  }
}

const runAgent = async (
  world: World,
  lead: Awaited<ReturnType<Awaited<ReturnType<World["window"]>>["lead"]>>,
): Promise<Sample> => {
  const startedAt = instant()
  // Watched from here, since the call answers only once the host does.
  const spawned = lead.call("spawn_fleet", {
    isolation: "process",
    agents: [{ name: "worker", role: "Worker", prompt }],
  })
  const before = (await world.fleets()).length
  const agentId = await world.until("the agent is in the ledger", async (ledger) => {
    const rows = await ledger.read((db) =>
      db.all<{ id: string }>(
        "SELECT a.id FROM agents a JOIN fleets f ON f.id = a.fleet_id ORDER BY f.created_at, f.id",
      ),
    )
    return rows.length > before ? rows.at(-1)!.id : undefined
  })
  const host = await world.until("its host has a pid", (ledger) =>
    ledger.read(async (db) => {
      const hostId = (await agentById(db, agentId))?.host_id
      const row = hostId ? await hostById(db, hostId) : undefined
      return row?.pid ? row : undefined
    }),
  )
  const ledger = await world.ledger()
  const agent = () => ledger.read(async (db) => (await agentById(db, agentId))!)
  const isDone = async () => ["complete", "failed", "cancelled"].includes((await agent()).status)
  const cost = await costUntil(host.pid!, isDone, patienceMs)
  const wallSeconds = (instant() - startedAt) / 1000
  if ((await agent()).output !== answer)
    throw new Error(
      `the agent ended ${(await agent()).status}: ${(await agent()).error_detail}\n${world.logs()}`,
    )
  await spawned
  await lead.says("Done.")
  await world.until("the host has ended", (each) =>
    each.read(async (db) => ((await hostById(db, host.id))?.status === "ended" ? true : undefined)),
  )
  return { ...cost, wallSeconds }
}

const runBare = async (world: World): Promise<Sample> => {
  const startedAt = instant()
  const run = world.start(["run", "--title", "worker", prompt])
  const cost = await costUntil(run.pid, () => run.output().includes(answer), patienceMs)
  const wallSeconds = (instant() - startedAt) / 1000
  const code = await run.ended
  if (code !== 0 || !run.output().includes(answer))
    throw new Error(`opencode run ended with ${code}: ${run.output().slice(-2000)}`)
  return { ...cost, wallSeconds }
}
