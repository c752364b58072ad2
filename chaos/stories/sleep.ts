import { renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import type { AgentRow } from "../../plugin/mesh/ledger/tables/rows.ts"
import { errorText } from "../../plugin/mesh/model/errors.ts"
import { type Arena, createArena, type Played } from "../arena.ts"
import type { Random } from "../random.ts"
import { standIn } from "../styles.ts"

const names = ["digger", "carrier"]
/** Ten of them are the silence after which a host is lost. */
const heartbeatMs = 500
const sleepMs = 8000
const awakeMs = 2000
/** An agent has three attempts: one lost with each sleep would be its end. */
const nights = ["the supervisor first", "hosts first", "in any order"] as const

/** Everything of the project is stopped for longer than a host may be silent, and goes on. */
export const playSuspend = (random: Random, log: (line: string) => void) =>
  playNights({}, log, async ({ world, fleet, busyHosts }, night) => {
    const { supervisor_pid: supervisor } = (await fleet())!
    const hosts = (await busyHosts()).map(({ host }) => host.pid)
    const rank = new Map(world.processes().map((pid) => [pid, random.next()]))
    const early = { "the supervisor first": [supervisor], "hosts first": hosts, "in any order": [] }
    for (const pid of early[night]) if (pid && rank.has(pid)) rank.set(pid, -1)
    const pids = [...rank.keys()].toSorted((a, b) => rank.get(a)! - rank.get(b)!)
    for (const pid of pids) signal(pid, "SIGSTOP")
    await pause(sleepMs)
    for (const pid of pids) {
      signal(pid, "SIGCONT")
      await pause(random.between(0, 100))
    }
  })

/** The clock goes on while no process runs, as on a laptop whose lid is closed. */
export const playSleepingClock = (_: Random, log: (line: string) => void) => {
  let aheadMs = 0
  return playNights({ opencode: standIn.opencode! }, log, async ({ world }) => {
    aheadMs += 10 * sleepMs
    const file = clockOf(world.folder)
    writeFileSync(`${file}.new`, String(aheadMs))
    renameSync(`${file}.new`, file)
  })
}

const clockOf = (folder: string) => join(folder, "clock")

const signal = (pid: number, name: NodeJS.Signals) => {
  try {
    process.kill(pid, name)
  } catch {
    // A command of an agent has just ended.
  }
}

const playNights = async (
  options: { opencode?: string },
  log: (line: string) => void,
  sleep: (arena: Arena, night: (typeof nights)[number]) => Promise<void>,
): Promise<Played> => {
  const arena = await createArena({
    ...options,
    settings: { heartbeat_ms: heartbeatMs, linger_ms: 1000 },
    agents: {
      lead: [
        {
          toolCalls: [
            {
              name: "spawn_fleet",
              args: {
                isolation: "process",
                // More than they are awake, less than the clock says has passed in the end.
                timeout_ms: 150_000,
                agents: names.map((name) => ({ name, role: name, prompt: "Dig." })),
              },
            },
          ],
        },
        ({ toolResults, lastToolResult }) =>
          lastToolResult.complete
            ? { text: "Read." }
            : {
                toolCalls: [
                  {
                    name: "collect_results",
                    args: { fleet_id: (toolResults[0]!.output as any).fleet_id, wait_seconds: 300 },
                  },
                ],
              },
      ],
    },
  })
  const { world } = arena
  world.env["CHAOS_CLOCK"] = clockOf(world.folder)
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
    const lead = arena.open("lead")
    await Promise.all(names.map(arena.untilReached))
    for (const night of nights) {
      await sleep(arena, night)
      await pause(awakeMs)
      log(`slept, and woke up ${night}`)
    }
    for (const gate of gates) gate.open()
    await Promise.all(names.map((name) => world.untilAgent(name, "complete")))
    await lead.ended
    const { agents, lost, slept } = await arena.ledger.read(async (db) => ({
      agents: await db.all<AgentRow>("SELECT * FROM agents"),
      lost: await db.all<{ data: string }>("SELECT data FROM events WHERE type = 'host.lost'"),
      slept: await db.all("SELECT seq FROM events WHERE type = 'fleet.slept'"),
    }))
    violations.push(
      ...agents
        .filter(({ attempts }) => attempts !== 1)
        .map(({ name, attempts }) => `${name} took ${attempts} attempts`),
      ...lost.map(({ data }) => `a host was lost: ${data}`),
    )
    if (slept.length < nights.length)
      violations.push(`${slept.length} sleeps were noticed of ${nights.length}`)
  } catch (error) {
    violations.push(errorText(error))
  }
  return { world, strikes: arena.strikes, ends: arena.ends, violations, endedAt: Date.now() }
}
