import { setTimeout as sleep } from "node:timers/promises"
import { createArena, type Arena, type Played } from "./arena.ts"
import { planStrikes, type StrikePlan } from "./plan-strikes.ts"
import type { Random } from "./random.ts"
import { createCollector, createLeadScript, createWorker, silenceMs } from "./workload.ts"

const fleetPatienceMs = 120_000
const endPatienceMs = 240_000
const closePatienceMs = 60_000
/** A strike waits so long for somebody to strike at. */
const aimMs = 10_000
const collectors = ["window", "next", "after-next"] as const

/** A fleet at work, and blows at times and targets that only the seed knows. */
export const playRandom = async (random: Random, log: (line: string) => void): Promise<Played> => {
  const names = ["ada", "ben", "cleo", "dan"].slice(0, random.between(2, 4))
  const isolation = random.pick(["process", "shared", "auto"] as const)
  const attempts = random.pick([3, 12])
  const workers = names.map((name) => [
    name,
    [
      createWorker(
        random,
        name,
        names.filter((peer) => peer !== name),
      ),
    ],
  ])
  const arena = await createArena({
    config: { provider: { fake: { options: { chunkTimeout: silenceMs } } } },
    settings: {
      attempts,
      heartbeat_ms: 2000,
      linger_ms: 2000,
      wakes_per_fleet: 10_000,
      tools: ["send_messages"],
    },
    agents: {
      ...Object.fromEntries(workers),
      lead: createLeadScript(random, names, isolation),
      ...Object.fromEntries(collectors.map((name) => [name, createCollector()])),
    },
  })
  const plan = planStrikes(random)
  log(
    `${names.length} agents, ${isolation}, ${attempts} attempts: ${plan.map(({ at }) => at).join(", ")}`,
  )
  const violations: string[] = []
  try {
    const lead = arena.open("lead")
    await arena.world.until("a fleet", () => arena.fleet(), fleetPatienceMs)
    for (const blow of plan) {
      await sleep(blow.afterMs)
      attend(arena)
      if (arena.fleet()!.status !== "running") break
      const done = await deal(arena, blow, lead.pid)
      if (!done) log(`${blow.at}: nothing to strike at`)
    }
    await untilEnded(arena)
    await Promise.race([
      Promise.all(arena.openRuns().map(([, run]) => run.ended)),
      sleep(closePatienceMs, undefined, { ref: false }),
    ])
    for (const [name] of arena.openRuns()) violations.push(`the session "${name}" did not end`)
  } catch (error) {
    violations.push(error instanceof Error ? error.message : String(error))
  }
  return { world: arena.world, strikes: arena.strikes, violations, endedAt: Date.now() }
}

/** When nobody is left, the person opens OpenCode again. */
const attend = (arena: Arena) => {
  if (arena.guardians().length === 0) open(arena)
}

const open = (arena: Arena) => {
  const opened = new Set(arena.openRuns().map(([name]) => name))
  const name = collectors.find((each) => !opened.has(each))
  if (name) arena.open(name)
}

const untilEnded = async (arena: Arena) => {
  const giveUpAt = Date.now() + endPatienceMs
  while (arena.fleet()!.status === "running") {
    attend(arena)
    if (Date.now() > giveUpAt)
      throw new Error(`the fleet did not end\n${await arena.world.report()}`)
    await sleep(250)
  }
  // Whoever killed the lead opens another session, which reads the results.
  if (arena.openRuns().length === 0) open(arena)
}

const deal = async (arena: Arena, blow: StrikePlan, leadPid: number): Promise<boolean> => {
  if (blow.at === "window") {
    open(arena)
    return true
  }
  const kills = !blow.at.startsWith("paused") && blow.at !== "frozen-host"
  const pid = await aim(arena, blow, leadPid)
  if (pid === undefined || !arena.strike(pid, kills ? "killed" : "frozen")) return false
  if (blow.at.startsWith("paused")) {
    await sleep(blow.pauseMs)
    arena.thaw(pid)
  }
  return true
}

const aim = async (arena: Arena, { at, choice }: StrikePlan, leadPid: number) => {
  const giveUpAt = Date.now() + aimMs
  while (Date.now() < giveUpAt) {
    const pids =
      at === "lead"
        ? [leadPid]
        : at.endsWith("supervisor")
          ? [arena.fleet()?.supervisor_pid ?? 0]
          : arena.busyHosts().map(({ host }) => host.pid)
    const alive = pids.filter((pid) => arena.world.processes().includes(pid))
    if (alive.length > 0) return alive[Math.floor(choice * alive.length)]
    if (at === "lead") return undefined
    attend(arena)
    await sleep(100)
  }
  return undefined
}
