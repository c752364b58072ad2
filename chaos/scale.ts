import { parseArgs } from "node:util"
import { isActive } from "../plugin/mesh/model/agent.ts"
import type { AgentRow, FleetRow, HostRow } from "../plugin/mesh/ledger/tables/rows.ts"
import { sessionBytes } from "../plugin/mesh/fleets/admission.ts"
import { hostBytes } from "../plugin/mesh/machine.ts"
import { isAlive } from "../plugin/system/processes.ts"
import type { Step } from "../scripted-model/types.ts"
import { createWorld, type World } from "../test/e2e/support/world.ts"
import { endOnSignal } from "./end-on-signal.ts"
import { memoryOf } from "./memory.ts"
import { renderTable } from "./render-table.ts"

const usage = "scale [--only process|shared] [--agents n]"
const sampleMs = 200
const patienceMs = 15 * 60_000

interface Size {
  isolation: "process" | "shared"
  fleets: number
  /** In each fleet. */
  agents: number
}

const sizes: readonly Size[] = [
  { isolation: "process", fleets: 1, agents: 64 },
  { isolation: "shared", fleets: 4, agents: 50 },
]

/** Spawns its fleets one after the other, and then reads the results of each. */
const createLead = ({ isolation, fleets, agents }: Size): Step[] => {
  const members = Array.from({ length: agents }, (_, at) => ({
    name: `agent-${at + 1}`,
    role: "worker",
    prompt: "Work.",
  }))
  return [
    ({ toolResults }) => {
      const ids = toolResults.flatMap(({ name, output }) =>
        name === "spawn_fleet" ? [(output as { fleet_id: string }).fleet_id] : [],
      )
      if (ids.length < fleets)
        return { toolCalls: [{ name: "spawn_fleet", args: { isolation, agents: members } }] }
      const done = toolResults.flatMap(({ name, args, output }) =>
        name === "collect_results" && (output as { complete?: boolean }).complete
          ? [(args as { fleet_id: string }).fleet_id]
          : [],
      )
      const next = ids.find((id) => !done.includes(id))
      if (!next) return { text: `COLLECTED ${done.length}` }
      return {
        toolCalls: [{ name: "collect_results", args: { fleet_id: next, wait_seconds: 60 } }],
      }
    },
  ]
}

const main = async (args: readonly string[]) => {
  const { values } = parseArgs({
    args: [...args],
    options: { only: { type: "string" }, agents: { type: "string" } },
  })
  const chosen = sizes
    .filter(({ isolation }) => values.only === undefined || values.only === isolation)
    .map((size) => ({ ...size, agents: Number(values.agents ?? size.agents) }))
  if (chosen.length === 0 || chosen.some(({ agents }) => !(agents > 0)))
    throw new Error(`${args.join(" ")}: not understood`)
  const records = []
  for (const size of chosen) records.push(await play(size))
  console.log(
    renderTable(
      [
        "isolation",
        "fleets × agents",
        "complete",
        "at work at once",
        "max_parallel",
        "hosts at once",
        "their memory at most",
        "promised",
        "took",
        "left",
      ],
      records.map(({ row }) => row),
    ),
  )
  const violations = records.flatMap((record) => record.violations)
  for (const each of violations) console.log(`- ${each}`)
  console.log(violations.length === 0 ? "held" : "BROKE")
  return violations.length === 0 ? 0 : 1
}

const play = async (size: Size) => {
  const world = await createWorld({
    agents: { lead: createLead(size) },
    // As on a machine that is short of memory: what the fleets were promised is all they take.
    settings: { linger_ms: 0, memory_reserve_mb: 1e9 },
  })
  try {
    return await measure(world, size)
  } finally {
    await world.end()
  }
}

const measure = async (world: World, { isolation, fleets, agents }: Size) => {
  const ledger = await world.ledger()
  const peak = { memory: 0, hosts: 0, active: 0 }
  const sample = async () => {
    const { hosts, active } = await ledger.read(async (db) => ({
      hosts: await db.all<HostRow>("SELECT * FROM hosts WHERE pid IS NOT NULL"),
      active: (await db.all<AgentRow>("SELECT * FROM agents")).filter(({ status }) =>
        isActive(status),
      ).length,
    }))
    // What the ledger calls ended may still be on its way out, and takes memory as long.
    const pids = hosts.flatMap(({ pid, process_start }) =>
      isAlive({ pid: pid!, process_start: process_start! }) ? [pid!] : [],
    )
    const memory = memoryOf(pids).reduce((sum, [, bytes]) => sum + bytes, 0)
    peak.memory = Math.max(peak.memory, memory)
    peak.hosts = Math.max(peak.hosts, pids.length)
    peak.active = Math.max(peak.active, active)
  }
  const startedAt = Date.now()
  const lead = world.run("Go.")
  const sampling = setInterval(() => void sample(), sampleMs)
  const late = setTimeout(() => lead.kill(), patienceMs)
  await lead.ended
  clearTimeout(late)
  const tookMs = Date.now() - startedAt
  const left = await world.untilGone(20_000)
  clearInterval(sampling)

  const { rows, complete } = await ledger.read(async (db) => ({
    rows: await db.all<FleetRow>("SELECT * FROM fleets"),
    complete: (await db.get<{ n: number }>(
      "SELECT count(*) AS n FROM agents WHERE status = 'complete'",
    ))!.n,
  }))
  const maxParallel = rows.reduce((sum, fleet) => sum + fleet.max_parallel, 0)
  const promised =
    isolation === "process"
      ? maxParallel * hostBytes
      : rows.length * hostBytes + maxParallel * sessionBytes
  const violations: string[] = []
  const expect = (holds: boolean, otherwise: string) =>
    void (holds || violations.push(`${isolation}: ${otherwise}`))
  expect(complete === fleets * agents, `${complete} of ${fleets * agents} agents are complete`)
  expect(
    lead.output().includes(`COLLECTED ${fleets}`),
    `the lead did not read the results: ${lead.output().slice(-500)}`,
  )
  expect(
    peak.active > 0 && peak.active <= maxParallel,
    `${peak.active} agents were at work at once`,
  )
  expect(
    peak.memory > 0 && peak.memory <= promised,
    `the hosts took ${megabytes(peak.memory)}; promised were ${megabytes(promised)}`,
  )
  expect(left.length === 0, `left behind: ${left.join()}`)
  const row = [
    isolation,
    `${fleets} × ${agents}`,
    complete,
    peak.active,
    maxParallel,
    peak.hosts,
    megabytes(peak.memory),
    megabytes(promised),
    `${Math.round(tookMs / 1000)} s`,
    left.length,
  ].map(String)
  return { row, violations }
}

const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`

endOnSignal()
main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    console.error(`Usage: ${usage}`)
    process.exit(2)
  },
)
