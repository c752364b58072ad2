import { errorText } from "../plugin/mesh/model/errors.ts"
import { setTimeout as sleep } from "node:timers/promises"
import { createArena, type Arena, type Played } from "./arena.ts"
import { planStrikes, type StrikePlan } from "./plan-strikes.ts"
import type { Random } from "./random.ts"
import type { Style } from "./styles.ts"
import { createCollector, createLeadScript, createWorker } from "./workload.ts"

const fleetPatienceMs = 120_000
const endPatienceMs = 240_000
const closePatienceMs = 60_000
/** A strike waits so long for somebody to strike at. */
const aimMs = 10_000
const collectors = ["window", "next", "after-next", "last"] as const

/** A fleet at work, and blows at times and targets that only the seed knows. */
export const playRandom = async (
  style: Style,
  random: Random,
  log: (line: string) => void,
): Promise<Played> => {
  const names = ["ada", "ben", "cleo", "dan", "eva", "finn"].slice(
    0,
    random.between(...style.agents),
  )
  const isolation = random.pick(["process", "shared", "auto"] as const)
  const attempts = random.pick([3, 12])
  const workers = names.map((name) => [
    name,
    [
      createWorker(
        random,
        style.load,
        name,
        names.filter((peer) => peer !== name),
      ),
    ],
  ])
  const arena = await createArena({
    ...(style.opencode && { opencode: style.opencode }),
    config: { provider: { fake: { options: { chunkTimeout: style.silenceMs } } } },
    settings: {
      attempts,
      // It doubles with each attempt and knows no most: twelve attempts would wait for half an hour.
      retry_base_ms: attempts > 3 ? 50 : 500,
      heartbeat_ms: style.heartbeatMs,
      linger_ms: style.lingerMs,
      host_start_ms: style.hostStartMs,
      wakes_per_fleet: 10_000,
      tools: ["send_messages"],
    },
    agents: {
      ...Object.fromEntries(workers),
      lead: createLeadScript(random, style.load, names, isolation),
      ...Object.fromEntries(
        collectors.map((name) => [name, createCollector(random, style.load, names)]),
      ),
    },
  })
  const plan = planStrikes(random, style.pace)
  log(
    `${names.length} agents, ${isolation}, ${attempts} attempts: ${plan.map(({ at }) => at).join(", ")}`,
  )
  const violations: string[] = []
  const thaws: Promise<void>[] = []
  try {
    const lead = arena.open("lead")
    await arena.world.until("a fleet", () => arena.fleet(), fleetPatienceMs)
    for (const blow of plan) {
      await sleep(blow.afterMs)
      await attend(arena)
      if ((await arena.fleet())!.status !== "running") break
      const done = await deal(arena, blow, lead.pid, thaws)
      if (!done) log(`${blow.at}: nothing to strike at`)
    }
    await Promise.all(thaws)
    await untilEnded(arena)
    await Promise.race([
      Promise.all(arena.openRuns().map(([, run]) => run.ended)),
      sleep(closePatienceMs, undefined, { ref: false }),
    ])
    for (const [name] of arena.openRuns()) violations.push(`the session "${name}" did not end`)
  } catch (error) {
    violations.push(errorText(error))
  }
  return {
    world: arena.world,
    strikes: arena.strikes,
    ends: arena.ends,
    violations,
    endedAt: Date.now(),
  }
}

/** When nobody is left, the person opens OpenCode again. */
const attend = async (arena: Arena) => {
  if ((await arena.guardians()).length === 0) open(arena)
}

const open = (arena: Arena) => {
  const opened = new Set(arena.openRuns().map(([name]) => name))
  const name = collectors.find((each) => !opened.has(each))
  if (name) arena.open(name)
}

const untilEnded = async (arena: Arena) => {
  const giveUpAt = Date.now() + endPatienceMs
  while ((await arena.fleet())!.status === "running") {
    await attend(arena)
    if (Date.now() > giveUpAt)
      throw new Error(`the fleet did not end\n${await arena.world.report()}`)
    await sleep(100)
  }
  // Whoever killed the lead opens another session, which reads the results.
  if (arena.openRuns().length === 0) open(arena)
}

const deal = async (
  arena: Arena,
  blow: StrikePlan,
  leadPid: number,
  thaws: Promise<void>[],
): Promise<boolean> => {
  if (blow.at === "window") {
    open(arena)
    return true
  }
  const kills = !blow.at.startsWith("paused") && blow.at !== "frozen-host"
  const pid = await aim(arena, blow, leadPid)
  if (pid === undefined || !(await arena.strike(pid, kills ? "killed" : "frozen"))) return false
  // The next blows fall meanwhile.
  if (blow.at.startsWith("paused")) thaws.push(sleep(blow.pauseMs).then(() => arena.thaw(pid)))
  return true
}

const aim = async (arena: Arena, { at, choice }: StrikePlan, leadPid: number) => {
  const giveUpAt = Date.now() + aimMs
  while (Date.now() < giveUpAt) {
    const pids =
      at === "lead"
        ? [leadPid]
        : at.endsWith("supervisor")
          ? [(await arena.fleet())?.supervisor_pid ?? 0]
          : (await arena.busyHosts()).map(({ host }) => host.pid)
    const alive = pids.filter((pid) => arena.world.processes().includes(pid))
    if (alive.length > 0) return alive[Math.floor(choice * alive.length)]
    if (at === "lead" || (await arena.fleet())?.status !== "running") return undefined
    await attend(arena)
    await sleep(100)
  }
  return undefined
}
