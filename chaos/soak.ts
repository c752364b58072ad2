import { parseArgs } from "node:util"
import { configSchema } from "../plugin/mesh/model/config.ts"
import type { AgentRow } from "../plugin/mesh/ledger/tables/rows.ts"
import type { Step } from "../scripted-model/types.ts"
import { createWorld, type Run, type World } from "../test/e2e/support/world.ts"
import { endOnSignal } from "./end-on-signal.ts"
import { memoryOf } from "./memory.ts"
import { renderTable } from "./render-table.ts"

const usage = "soak [--minutes n]"
const isolations = ["process", "shared"] as const
/** Of 45 minutes 35 pass inside one tool call that says nothing. */
const silentShare = 35 / 45
const stepsAround = 5
/** OpenCode's bash ends a command after two minutes unless the call asks for more; it knows no most. */
const shellPatienceMs = 6 * 60 * 60_000
const sampleMs = 10_000
const startMs = 120_000

/** Works a while in small steps, says nothing for most of the time, and works on. */
const createDigger = (minutes: number): Step[] => {
  const silentSeconds = minutes * 60 * silentShare
  const stepSeconds = (minutes * 60 - silentSeconds) / (2 * stepsAround)
  const shell = (text: string, seconds: number): Step => ({
    text,
    toolCalls: [
      {
        name: "bash",
        args: {
          command: `sleep ${seconds.toFixed(1)}; echo ${text}`,
          description: "Dig",
          timeout: shellPatienceMs,
        },
      },
    ],
  })
  const around = (word: string) =>
    Array.from({ length: stepsAround }, (_, at) => shell(`${word} ${at + 1}.`, stepSeconds))
  return [
    ...around("before"),
    shell("silence", silentSeconds),
    ...around("after"),
    { text: `Dug for ${minutes} minutes.` },
  ]
}

const createLead = (isolation: string): Step[] => [
  {
    toolCalls: [
      {
        name: "spawn_fleet",
        args: {
          name: isolation,
          isolation,
          agents: [{ name: `digger-${isolation}`, role: "digger", prompt: "Dig." }],
        },
      },
    ],
  },
  ({ toolResults, lastToolResult }) =>
    lastToolResult.complete
      ? { text: `COLLECTED ${JSON.stringify(lastToolResult.results)}` }
      : {
          toolCalls: [
            {
              name: "collect_results",
              args: { fleet_id: (toolResults[0]!.output as any).fleet_id, wait_seconds: 600 },
            },
          ],
        },
]

const main = async (args: readonly string[]) => {
  const { values } = parseArgs({ args: [...args], options: { minutes: { type: "string" } } })
  const minutes = Number(values.minutes ?? 45)
  if (!(minutes > 0)) throw new Error(`--minutes ${values.minutes}: a number above 0 is needed`)
  console.log(
    `An agent of ${minutes} minutes, ${round(minutes * silentShare)} of them in one silent tool call; ${isolations.join(" and ")} at the same time.`,
  )
  const world = await createWorld({
    agents: Object.fromEntries(
      isolations.flatMap((each) => [
        [each, createLead(each)],
        [`digger-${each}`, createDigger(minutes)],
      ]),
    ),
  })
  try {
    return await soak(world, minutes)
  } finally {
    await world.end()
  }
}

const soak = async (world: World, minutes: number) => {
  const leads: Run[] = []
  for (const each of isolations) {
    leads.push(world.run("Go.", each))
    // Two that start at once in a fresh home both make OpenCode's store, and one of them fails.
    await world.model.waitFor(({ agent }) => agent === each, { timeoutMs: startMs })
  }
  const peaks = new Map<number, number>()
  const sampling = setInterval(() => {
    for (const [pid, bytes] of memoryOf(world.processes()))
      peaks.set(pid, Math.max(bytes, peaks.get(pid) ?? 0))
  }, sampleMs)
  const patienceMs = minutes * 60_000 + 240_000
  const late = setTimeout(() => leads.forEach((lead) => lead.kill()), patienceMs)
  await Promise.all(leads.map(({ ended }) => ended))
  clearTimeout(late)
  clearInterval(sampling)
  const left = await world.untilGone(30_000)
  const agents = await (
    await world.ledger()
  ).read((db) => db.all<AgentRow>("SELECT * FROM agents ORDER BY name"))
  const events = await world.events()
  const silentMs = minutes * 60_000 * silentShare
  const { stall_ms: stallMs } = configSchema.parse({})
  const violations = [
    ...left.map((pid) => `process ${pid} is left behind`),
    ...(agents.length === isolations.length ? [] : [`there are ${agents.length} agents`]),
  ]
  const rows = agents.map((agent, at) => {
    const own = events.filter(({ agent_id }) => agent_id === agent.id)
    const stalls = own.filter(({ type }) => type === "agent.stalled").length
    const tookMs = (agent.ended_at ?? 0) - (agent.started_at ?? 0)
    const pid = own.find(({ type }) => type === "agent.running")?.data["pid"] as number
    const wrong = (holds: boolean, otherwise: string) =>
      void (holds || violations.push(`${agent.name}: ${otherwise}`))
    wrong(agent.status === "complete", `it is ${agent.status} (${agent.error_detail})`)
    wrong(agent.attempts === 1, `it took ${agent.attempts} attempts`)
    wrong(tookMs >= minutes * 60_000 * 0.99, `it took only ${tookMs} ms`)
    wrong(
      stalls === (silentMs > stallMs ? 1 : 0),
      `its silence was reported ${stalls} times (stall_ms is ${stallMs})`,
    )
    wrong(
      leads[at]!.output().includes(`Dug for ${minutes} minutes.`),
      `its lead did not read the result: ${leads[at]!.output().slice(-300)}`,
    )
    return [
      isolations[at]!,
      agent.status,
      String(agent.attempts),
      `${round(tookMs / 60_000)} min`,
      `${round(silentMs / 60_000)} min`,
      String(stalls),
      `${Math.round((peaks.get(pid) ?? 0) / 1e6)} MB`,
      String(left.length),
    ]
  })
  console.log(
    renderTable(
      ["isolation", "end", "attempts", "ran", "silent", "stall reports", "host's memory", "left"],
      rows,
    ),
  )
  for (const each of violations) console.log(`- ${each}`)
  console.log(violations.length === 0 ? "held" : "BROKE")
  return violations.length === 0 ? 0 : 1
}

const round = (value: number) => Math.round(value * 10) / 10

endOnSignal()
main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    console.error(`Usage: ${usage}`)
    process.exit(2)
  },
)
