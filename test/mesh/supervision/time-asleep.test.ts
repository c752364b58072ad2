import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { spentByAgent, spentByFleet } from "../../../plugin/mesh/lifecycle/budget.ts"
import { createSupervisor, type Supervisor } from "../../../plugin/mesh/supervision/supervisor.ts"
import {
  createWakefulness,
  type Wakefulness,
} from "../../../plugin/mesh/supervision/wakefulness.ts"
import { session } from "../support/callers.ts"
import { createFakeHosts } from "../support/hosts.ts"
import { createMemoryLeases } from "../support/leases.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

const silenceMs = 50_000
const sleepMs = 70_000

let mesh: Mesh
let hosts: ReturnType<typeof createFakeHosts>
let leases: ReturnType<typeof createMemoryLeases>
let processes: { supervisor: Supervisor; wakefulness: Wakefulness }[]
let isAlive: Mesh["isAlive"]

/** A process that may supervise: it has a clock to itself in which it notices its sleeps. */
const open = () => {
  const wakefulness = createWakefulness(mesh.now, 5000)
  const supervisor = createSupervisor({
    ledger: mesh.ledger,
    changes: mesh.changes,
    now: mesh.now,
    random: () => 0.5,
    isAlive: (process) => isAlive(process),
    heartbeatMs: 5000,
    machine: () => ({ cores: 4, freeBytes: 16 * 1024 ** 3 }),
    self: { pid: 1, process_start: "1" },
    isGone: () => false,
    lookMs: 20,
    hosts: hosts.port,
    leases: leases.port,
    worktrees: mesh.worktrees,
    wakefulness,
    limits: {
      hostStartMs: 60_000,
      hostSilenceMs: silenceMs,
      stallMs: 100_000,
      taskLeaseMs: 1_800_000,
      wrapUpGraceMs: 60_000,
      stopPatienceMs: 10_000,
      memoryReserveBytes: 1024 ** 3,
      lingerMs: 10_000,
      longestRestMs: 900_000,
      isSpecialist: () => false,
    },
    retry: { attempts: 3, baseMs: 1000 },
    caps: { perFleet: 50, hops: 20, replies: 12 },
    onError: (error) => void mesh.errors.push(error),
  })
  processes.push({ supervisor, wakefulness })
  return supervisor
}

beforeEach(async () => {
  mesh = await createMesh()
  await mesh.given(["a1"])
  processes = []
  isAlive = mesh.isAlive
  leases = createMemoryLeases()
  hosts = createFakeHosts((id) =>
    mesh.ledger
      .transact((tx) =>
        tx.run("UPDATE hosts SET status = 'ready', beat_at = ? WHERE id = ?", tx.at, id),
      )
      .then(() => undefined),
  )
})
afterEach(async () => {
  for (const { supervisor, wakefulness } of processes) {
    await supervisor.settle()
    await supervisor.close()
    wakefulness.close()
  }
  await mesh.end()
  expect(mesh.errors).toEqual([])
})

const until = async (what: string, check: () => unknown) => {
  const found = await mesh.changes.until(async () => (await check()) || undefined, {
    timeoutMs: 5000,
  })
  if (found === undefined) throw new Error(`not within 5 s: ${what}`)
}
const beat = () => mesh.ledger.transact((tx) => tx.run("UPDATE hosts SET beat_at = ?", tx.at))
const pass = async (ms: number, { beats = true } = {}) => {
  for (let left = ms; left > 0; left -= 1000) {
    mesh.clock.advance(Math.min(left, 1000))
    for (const { wakefulness } of processes) wakefulness.since()
    if (beats) await beat()
  }
}
/** Nobody runs meanwhile: the clock goes on, or jumps, and no timer fires. */
const sleep = (ms = sleepMs) => mesh.clock.advance(ms)
/** Any commit makes every supervisor look; the next one is seen after that look. */
const look = async () => {
  for (let commit = 0; commit < 3; commit++) {
    await mesh.set("a1", { last_tool: `look ${commit} at ${mesh.now()}` })
    await Bun.sleep(25)
  }
}
const working = async (supervisor = open()) => {
  await supervisor.supervise("flt_1")
  await until("a1 has a host", async () => (await mesh.agent("a1")).status === "starting")
  await until("the host is ready", () => hosts.alive.size === 1)
  await beat()
  await mesh.set("a1", { status: "running", activity_at: mesh.now() })
  return supervisor
}
const nothingLost = async () => {
  expect(await mesh.events("host.lost")).toEqual([])
  expect(await mesh.agent("a1")).toMatchObject({ status: "running", attempts: 1, host_id: "hst_1" })
  expect(hosts.alive.size).toBe(1)
}

describe("when everybody has slept", () => {
  test("nobody is lost, three times in a row, though the supervisor looks before the host beats", async () => {
    await working()
    for (let night = 1; night <= 3; night++) {
      await pass(7000)
      sleep()
      await look()
      await nothingLost()
      await beat()
      expect(await mesh.events("fleet.slept")).toHaveLength(night)
    }
  })

  test("nobody is lost when the host wakes up first and supervises from then on", async () => {
    const lead = await working()
    const host = open()
    for (let night = 1; night <= 3; night++) {
      await pass(7000)
      sleep()
      // Its lease has not been renewed since.
      leases.lose("flt_1", sleepMs)
      const [next, former] = night % 2 ? [host, lead] : [lead, host]
      await next.supervise("flt_1")
      await look()
      expect([next.holds("flt_1"), former.holds("flt_1")]).toEqual([true, false])
      await nothingLost()
      await beat()
      expect(await mesh.events("fleet.slept")).toHaveLength(night)
    }
  })

  test("nobody is lost to an OpenCode that is opened right after it, and knows nothing of it", async () => {
    await (await working()).close()
    sleep()
    const fresh = open()
    await fresh.supervise("flt_1")
    await look()
    await nothingLost()
    // Its own patience is as long as anybody's.
    await pass(silenceMs, { beats: false })
    await nothingLost()
    await pass(2000, { beats: false })
    await until("lost", async () => (await mesh.events("host.lost")).length === 1)
  })

  test("nobody is lost though the supervisor slept in the middle of a look", async () => {
    await working()
    await pass(7000)
    isAlive = (process) => {
      isAlive = mesh.isAlive
      sleep()
      return mesh.isAlive(process)
    }
    await look()
    await nothingLost()
    expect(await mesh.events("fleet.slept")).toHaveLength(1)
  })

  test("a host that stands still alone is lost after its silence, sleeps not counted", async () => {
    await working()
    await pass(30_000, { beats: false })
    sleep()
    await pass(19_000, { beats: false })
    await look()
    await nothingLost()
    await pass(2000, { beats: false })
    await until("lost", async () => (await mesh.events("host.lost")).length === 1)
    expect((await mesh.agent("a1")).error_detail).toContain("no sign of life for 51 s")
  })
})

describe("time asleep does not count", () => {
  test("for a fleet's timeout", async () => {
    await working()
    await mesh.fleets.setTimeout(session("ses_lead"), "flt_1", 100_000)
    const before = (await mesh.fleet()).timeout_at!
    await pass(50_000)
    sleep(3_600_000)
    await look()
    expect((await mesh.fleet()).timeout_at).toBe(before + 3_599_000)
    await pass(47_000)
    await look()
    expect((await mesh.agent("a1")).stop_mode).toBeNull()
    await pass(4000)
    await until("timed out", async () => (await mesh.agent("a1")).stop_code === "TIMEOUT")
  })

  test("for budgets of time, of an agent and of its fleet", async () => {
    await working()
    await pass(20_000)
    sleep(3_600_000)
    await look()
    const [agent, fleet] = [await mesh.agent("a1"), await mesh.fleet()]
    expect(spentByAgent(agent, mesh.now()).duration_ms).toBe(21_000)
    expect(spentByFleet(fleet, [agent], mesh.now()).duration_ms).toBe(21_000)
  })

  test("for the time of a turn that was over a moment before the supervisor woke up", async () => {
    await working()
    await pass(20_000)
    sleep(3_600_000)
    await mesh.complete("a1")
    mesh.clock.advance(500)
    await look()
    expect((await mesh.agent("a1")).worked_ms).toBeLessThan(22_000)
    expect((await mesh.fleet()).ran_ms).toBeLessThan(22_000)
  })

  test("for a stall, nor for the time to wrap up", async () => {
    await working()
    await pass(60_000)
    sleep(3_600_000)
    await pass(38_000)
    await look()
    expect(await mesh.events("agent.stalled")).toEqual([])
    await pass(3000)
    await until("stalled", async () => (await mesh.events("agent.stalled")).length === 1)
    await mesh.set("a1", { stop_mode: "wrap_up", stop_code: "CANCELLED", stop_at: mesh.now() })
    sleep(3_600_000)
    await pass(58_000)
    await look()
    expect((await mesh.agent("a1")).stop_mode).toBe("wrap_up")
    await pass(3000)
    await until("cancelled", async () => (await mesh.agent("a1")).stop_mode === "cancel")
  })

  test("twice when two supervisors tell of the same sleep", async () => {
    const first = await working()
    const second = open()
    await mesh.fleets.setTimeout(session("ses_lead"), "flt_1", 100_000)
    const before = (await mesh.fleet()).timeout_at!
    await pass(1000)
    sleep()
    await look()
    leases.lose("flt_1", sleepMs)
    await second.supervise("flt_1")
    await look()
    expect(first.holds("flt_1")).toBe(false)
    expect((await mesh.fleet()).timeout_at).toBe(before + sleepMs - 1000)
  })

  test("and a supervisor that stood still alone adds nothing, since another was awake", async () => {
    const first = await working()
    const second = open()
    await mesh.fleets.setTimeout(session("ses_lead"), "flt_1", 100_000)
    const before = (await mesh.fleet()).timeout_at!
    // The second takes over after nine seconds, and goes on while the first stands still.
    for (let second = 0; second < 9; second++) {
      mesh.clock.advance(1000)
      processes[1]!.wakefulness.since()
    }
    leases.lose("flt_1", 9000)
    await second.supervise("flt_1")
    for (let second = 0; second < 30; second++) {
      mesh.clock.advance(1000)
      processes[1]!.wakefulness.since()
      await beat()
    }
    await look()
    expect(first.holds("flt_1")).toBe(false)
    expect((await mesh.fleet()).timeout_at).toBe(before)
    await nothingLost()
  })
})
