import { eventually } from "../../support/eventually.ts"
import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { receiveAsk } from "../../../plugin/mesh/questions/asking.ts"
import { MeshError } from "../../../plugin/mesh/model/errors.ts"
import { newerSchema } from "../../../plugin/mesh/ledger/newer-schema.ts"
import { insertAgent } from "../../../plugin/mesh/ledger/tables/agents.ts"
import { openHosts } from "../../../plugin/mesh/ledger/tables/hosts.ts"
import { questionById } from "../../../plugin/mesh/ledger/tables/questions.ts"
import { insertWorktree } from "../../../plugin/mesh/ledger/tables/worktrees.ts"
import { endAgent } from "../../../plugin/mesh/lifecycle/outcome.ts"
import { askPermission } from "../support/asked.ts"
import { createSupervisor, type Supervisor } from "../../../plugin/mesh/supervision/supervisor.ts"
import { alwaysAwake } from "../support/awake.ts"
import type { Wakefulness } from "../../../plugin/mesh/supervision/wakefulness.ts"
import { session } from "../support/callers.ts"
import { createFakeHosts } from "../support/hosts.ts"
import { createMemoryLeases } from "../support/leases.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
let supervisors: Supervisor[]
let hosts: ReturnType<typeof createFakeHosts>
let freeBytes: number
let leases: ReturnType<typeof createMemoryLeases>

/** What a host's runner writes once it is up. */
const signOn = async (hostId: string) => {
  await mesh.ledger.transact((tx) =>
    tx.run("UPDATE hosts SET status = 'ready', beat_at = ? WHERE id = ?", mesh.now(), hostId),
  )
}

const createOne = (wakefulness: Wakefulness = alwaysAwake, ledger = mesh.ledger) => {
  const supervisor = createSupervisor({
    ledger,
    changes: mesh.changes,
    now: mesh.now,
    random: () => 0.5,
    isAlive: mesh.isAlive,
    heartbeatMs: 5000,
    machine: () => ({ cores: 4, freeBytes }),
    self: { pid: 1, process_start: "1" },
    isGone: (pid) => mesh.dead.has(pid),
    lookMs: 50,
    hosts: hosts.port,
    leases: leases.port,
    worktrees: mesh.worktrees,
    wakefulness,
    limits: {
      hostStartMs: 60_000,
      hostSilenceMs: 60_000,
      stallMs: 600_000,
      taskLeaseMs: 1_800_000,
      wrapUpGraceMs: 60_000,
      longestRestMs: 900_000,
      stopPatienceMs: 10_000,
      memoryReserveBytes: 1024 ** 3,
      lingerMs: 10_000,
      isSpecialist: () => false,
    },
    retry: { attempts: 2, baseMs: 1000 },
    caps: { perFleet: 50, hops: 20, replies: 12 },
    onError: (error) => void mesh.errors.push(error),
  })
  supervisors.push(supervisor)
  return supervisor
}

beforeEach(async () => {
  mesh = await createMesh()
  await mesh.given(["a1"])
  supervisors = []
  freeBytes = 16 * 1024 ** 3
  hosts = createFakeHosts(signOn)
  leases = createMemoryLeases()
})
afterEach(async () => {
  for (const supervisor of supervisors) {
    await supervisor.settle()
    await supervisor.close()
  }
  await mesh.end()
  expect(mesh.errors).toEqual([])
})

const until = async (what: string, check: () => unknown) => {
  if (
    (await mesh.changes.until(async () => (await check()) || undefined, { timeoutMs: 5000 })) ===
    undefined
  )
    throw new Error(`not within 5 s: ${what}`)
}
const untilStarting = (host: string) =>
  until(
    `a1 on ${host}`,
    async () =>
      (await mesh.agent("a1")).host_id === host && (await mesh.agent("a1")).status === "starting",
  )
const open = async () =>
  (await mesh.ledger.read((db) => openHosts(db, "flt_1"))).map(
    (host) => `${host.id} ${host.status}`,
  )

test("a queued agent gets a host, whose process is written down before it answers", async () => {
  const supervisor = createOne()
  await supervisor.supervise("flt_1")
  await until("ready", async () => (await open()).join() === "hst_1 ready")
  expect(await mesh.agent("a1")).toMatchObject({
    status: "starting",
    host_id: "hst_1",
    attempts: 1,
  })
  expect(await mesh.fleet()).toMatchObject({ term: 1, supervisor_pid: process.pid })
  expect(hosts.log).toEqual(["start hst_1"])
})

test("one that a newer Meshfleet has left behind gives its leases back and takes none again", async () => {
  let isOutdated = false
  const ledger: typeof mesh.ledger = {
    ...mesh.ledger,
    transact: async (change) => {
      if (isOutdated) throw newerSchema("mesh.db", 2, 1)
      return mesh.ledger.transact(change)
    },
  }
  const supervisor = createOne(alwaysAwake, ledger)
  await supervisor.supervise("flt_1")
  await untilStarting("hst_1")
  isOutdated = true
  mesh.clock.advance(120_000)
  await mesh.ledger.transact((tx) => tx.run("UPDATE hosts SET beat_at = 1"))
  await leases.released
  expect(supervisor.holds("flt_1")).toBe(false)
  await supervisor.supervise("flt_1")
  expect(leases.isHeld("flt_1")).toBe(false)
  expect(mesh.errors.splice(0)).toMatchObject([{ code: "LEDGER_NEWER" }])
  expect(supervisor.leftBehind()).toMatchObject({ code: "LEDGER_NEWER" })
  // A newer one goes on at once.
  await createOne().supervise("flt_1")
  expect(leases.isHeld("flt_1")).toBe(true)
})

test("where memory is short an idle host gives way, and mail then wakes its agent in another one", async () => {
  const supervisor = createOne()
  await supervisor.supervise("flt_1")
  await untilStarting("hst_1")
  await mesh.ledger.transact(async (tx) => {
    await insertAgent(tx, {
      ...(await mesh.agentIn(tx, "a1")),
      id: "other",
      name: "other",
      position: 1,
    })
    await tx.run("UPDATE agents SET status = 'running', host_id = 'hst_0' WHERE id = 'other'")
    await endAgent(tx, await mesh.agentIn(tx, "a1"), { status: "complete", output: "x" })
  })
  mesh.clock.advance(20_000)
  await mesh.set("a1", {})
  expect(await open()).toEqual(["hst_1 ready"])
  freeBytes = 0
  await mesh.ledger.transact((tx) => tx.run("UPDATE hosts SET beat_at = ?", mesh.now()))
  await until("sent away", async () => (await open()).join() === "hst_1 ending")
  await mesh.messages.send(session("ses_lead"), {
    fleet_id: "flt_1",
    to_agent_id: "a1",
    type: "question",
    payload: "Still there?",
  })
  await untilStarting("hst_2")
})

test("of two supervisors one acts, and the other takes over when it is gone", async () => {
  const [first, second] = [createOne(), createOne()]
  await Promise.all([first.supervise("flt_1"), second.supervise("flt_1")])
  expect([first.holds("flt_1"), second.holds("flt_1")]).toEqual([true, false])
  await untilStarting("hst_1")
  await first.close()
  await second.supervise("flt_1")
  expect([first.holds("flt_1"), second.holds("flt_1"), (await mesh.fleet()).term]).toEqual([
    false,
    true,
    2,
  ])
  expect(hosts.log).toEqual(["start hst_1"])
})

test("attempts, their cause and the wait for the next one outlive the supervisor", async () => {
  const [first, second] = [createOne(), createOne()]
  await first.supervise("flt_1")
  await untilStarting("hst_1")
  await mesh.set("a1", { status: "running" })
  mesh.dead.add(1001)
  await until("interrupted", async () => (await mesh.agent("a1")).status === "interrupted")
  await first.close()
  await second.supervise("flt_1")
  await mesh.set("a1", {})
  // Its next host comes up while it waits.
  await until("the next attempt", async () => (await mesh.agent("a1")).attempts === 2)
  expect(await mesh.agent("a1")).toMatchObject({
    status: "starting",
    not_before: mesh.now() + 1000,
    error_code: "HOST_LOST",
  })
})

test("a supervisor whose lease was taken acts no more, even with a view of its own time", async () => {
  const [first, second] = [createOne(), createOne()]
  await first.supervise("flt_1")
  await until("ready", async () => (await open()).join() === "hst_1 ready")
  leases.lose("flt_1")
  await second.supervise("flt_1")
  mesh.dead.add(1001)
  await until("lost", async () => (await mesh.events("host.lost")).length === 1)
  expect(first.holds("flt_1")).toBe(false)
  expect(hosts.log.filter((line) => line.startsWith("end"))).toHaveLength(1)
})

test("a supervisor that was frozen while another began a term ends no host of it", async () => {
  const first = createOne()
  await first.supervise("flt_1")
  await until("ready", async () => (await open()).join() === "hst_1 ready")
  await mesh.ledger.transact((tx) => tx.run("UPDATE fleets SET term = term + 1"))
  mesh.dead.add(1001)
  await eventually(() => !first.holds("flt_1"))
  expect(hosts.log).toEqual(["start hst_1"])
})

describe("a lost host", () => {
  test("is ended with its agents' children before they go on elsewhere", async () => {
    await createOne().supervise("flt_1")
    await until("ready", async () => (await open()).join() === "hst_1 ready")
    await mesh.set("a1", { status: "running", partial: "half" })
    mesh.dead.add(1001)
    await until("interrupted", async () => (await mesh.agent("a1")).status === "interrupted")
    expect(await mesh.agent("a1")).toMatchObject({ error_code: "HOST_LOST", partial: "half" })
    mesh.clock.advance(1000)
    await mesh.set("a1", {})
    await untilStarting("hst_2")
    expect(hosts.log).toEqual(["start hst_1", "end hst_1 with a1-1, lost", "start hst_2"])
    expect((await mesh.agent("a1")).attempts).toBe(2)
  })

  test("that fails to start is tried again, then fails the agent with its own words", async () => {
    hosts.failures.push("port taken", "still taken")
    await createOne().supervise("flt_1")
    await until("interrupted", async () => (await mesh.agent("a1")).status === "interrupted")
    mesh.clock.advance(1000)
    await until("failed", async () => (await mesh.agent("a1")).status === "failed")
    expect(await mesh.agent("a1")).toMatchObject({
      error_code: "HOST_FAILED",
      error_detail: "still taken",
      attempts: 2,
    })
    expect((await mesh.fleet()).status).toBe("failed")
  })

  test("that froze is ended after its silence", async () => {
    await createOne().supervise("flt_1")
    await until("ready", async () => (await open()).join() === "hst_1 ready")
    await mesh.set("a1", { status: "running" })
    mesh.clock.advance(60_001)
    await until("interrupted", async () => (await mesh.agent("a1")).status === "interrupted")
    expect(hosts.log).toContain("end hst_1 with a1-1, lost")
  })

  test("closes what its agents asked, since nobody could be told the answer", async () => {
    await createOne().supervise("flt_1")
    await until("ready", async () => (await open()).join() === "hst_1 ready")
    await mesh.set("a1", { status: "running" })
    await mesh.ledger.transact((tx) =>
      receiveAsk(
        tx,
        { agentId: "a1-1", hostId: "hst_1", deadlineMs: 900_000 },
        askPermission("per_1", { permission: "bash", patterns: ["git push"] }),
      ),
    )
    mesh.dead.add(1001)
    await until("interrupted", async () => (await mesh.agent("a1")).status === "interrupted")
    expect(await mesh.ledger.read((db) => questionById(db, "ask_1"))).toMatchObject({
      state: "gone",
      reason: "the attempt has ended: host process 1001 is gone",
    })
    expect((await mesh.agent("a1")).blocked_on).toBeNull()
  })
})

test("a timeout ends everybody with it, and is asked for once", async () => {
  await createOne().supervise("flt_1")
  await until("ready", async () => (await open()).join() === "hst_1 ready")
  await mesh.set("a1", { status: "running" })
  await mesh.fleets.setTimeout(session("ses_lead"), "flt_1", 1000)
  mesh.clock.advance(1000)
  await until("asked", async () => (await mesh.agent("a1")).stop_code === "TIMEOUT")
  const before = (await mesh.events()).length
  for (let look = 0; look < 5; look++) await mesh.set("a1", {})
  expect(await mesh.events()).toHaveLength(before)
})

test("a supervisor at rest writes nothing", async () => {
  await createOne().supervise("flt_1")
  await until("ready", async () => (await open()).join() === "hst_1 ready")
  await mesh.set("a1", {
    status: "running",
    stop_mode: "cancel",
    stop_code: "CANCELLED",
    stop_at: mesh.now(),
  })
  await mesh.ledger.transact((tx) => tx.run("UPDATE fleets SET timeout_at = 1"))
  let commits = 0
  const unsubscribe = mesh.changes.subscribe(() => void commits++)
  await mesh.changes.until(() => (commits > 20 ? true : undefined), { timeoutMs: 300 })
  unsubscribe()
  expect(commits).toBeLessThan(5)
})

test("the lease of a fleet that has ended and has no host is given back", async () => {
  const supervisor = createOne()
  await supervisor.supervise("flt_1")
  await until("ready", async () => (await open()).join() === "hst_1 ready")
  await mesh.ledger.transact(async (tx) => {
    await tx.run("UPDATE hosts SET status = 'ended'")
    await endAgent(tx, await mesh.agentIn(tx, "a1"), { status: "complete", output: "x" })
  })
  await leases.released
  expect(supervisor.holds("flt_1")).toBe(false)
})

test("a worktree is there before its agent gets a host, and gone before the lease is given back", async () => {
  await mesh.ledger.transact((tx) =>
    insertWorktree(tx, {
      agent_id: "a1-1",
      fleet_id: "flt_1",
      repository: "/shop/.git",
      path: "/mesh/a1-1",
      branch: "a1",
      base: "c0ffee",
    }),
  )
  await createOne().supervise("flt_1")
  await until("ready", async () => (await open()).join() === "hst_1 ready")
  const order = (await mesh.events()).map(({ event }) => event)
  expect(order.indexOf("worktree.created")).toBeLessThan(order.indexOf("host.starting"))
  await mesh.ledger.transact(async (tx) => {
    await tx.run("UPDATE hosts SET status = 'ended'")
    await endAgent(tx, await mesh.agentIn(tx, "a1"), { status: "complete", output: "x" })
  })
  await leases.released
  expect(await mesh.events("worktree.removed")).toHaveLength(1)
  expect(mesh.worktrees.trees.size).toBe(0)
})

test("mail for a lead that is gone is parked", async () => {
  await createOne().supervise("flt_1")
  await mesh.messages.send(
    session("ses_a1-1", { member: { agentId: "a1-1", name: "a1", fleetId: "flt_1" } }),
    { to_agent_id: "lead", type: "alert", payload: "x" },
  )
  mesh.dead.add(100)
  await until("parked", async () => (await mesh.deliveries("msg_1"))[0]?.state === "parked")
})

test("a fleet in which all wait for a message is told of once", async () => {
  await createOne().supervise("flt_1")
  await until("ready", async () => (await open()).join() === "hst_1 ready")
  await mesh.set("a1", { status: "running", awaits_mail_at: mesh.now() })
  mesh.clock.advance(5000)
  await until("told", async () => (await mesh.events("fleet.all_waiting")).length === 1)
  await mesh.set("a1", {})
  expect(await mesh.notices()).toHaveLength(1)
})

test("a stalled agent is told of once", async () => {
  await createOne().supervise("flt_1")
  await until("ready", async () => (await open()).join() === "hst_1 ready")
  await mesh.set("a1", {
    status: "running",
    activity: "tool bash",
    activity_at: mesh.now() - 600_001,
  })
  await until("stalled", async () => (await mesh.agent("a1")).stalled_at !== null)
  await mesh.set("a1", {})
  expect(await mesh.notices()).toEqual([
    'Agent "a1" of flt_1 has shown no activity for 10 min; last seen: `tool bash`. It keeps running; stop_agents ends it if you want that.',
  ])
})

describe("a stalled agent", () => {
  const stall = async (on_stall: string) => {
    await mesh.ledger.transact((tx) => tx.run("UPDATE fleets SET on_stall = ?", on_stall))
    await createOne().supervise("flt_1")
    await until("ready", async () => (await open()).join() === "hst_1 ready")
    const activity_at = mesh.now() - 600_001
    await mesh.set("a1", { status: "running", activity: "tool bash", activity_at })
    await until("stalled", async () => (await mesh.agent("a1")).stalled_at !== null)
    return mesh.agent("a1")
  }

  test("goes on, unless its fleet says otherwise", async () => {
    expect(await stall("report")).toMatchObject({ stop_mode: null, status: "running" })
  })

  for (const mode of ["cancel", "retry"] as const)
    test(`is asked for a ${mode} where its fleet says so`, async () => {
      expect(await stall(mode)).toMatchObject({
        stop_mode: mode,
        stop_code: "STALLED",
        stop_reason: "no activity for 10 min; last seen: tool bash",
      })
    })
})

describe("a budget", () => {
  test("warns its lead once, then has the agent report, then ends it", async () => {
    await createOne().supervise("flt_1")
    await until("ready", async () => (await open()).join() === "hst_1 ready")
    await mesh.set("a1", { status: "running", budget: '{"tokens":100}', tokens: 85 })
    await until("warned", async () => (await mesh.agent("a1")).budget_warned_at !== null)
    await mesh.set("a1", { tokens: 90 })
    expect(await mesh.notices()).toEqual([
      'Agent "a1" of flt_1 has used 85 of 100 tokens. At the limit it is told to report and then ended.',
    ])
    await mesh.set("a1", { tokens: 101 })
    await until("asked", async () => (await mesh.agent("a1")).stop_mode === "wrap_up")
    mesh.clock.advance(60_001)
    await mesh.ledger.transact((tx) => tx.run("UPDATE hosts SET beat_at = ?", mesh.now()))
    await until("cancelled", async () => (await mesh.agent("a1")).stop_mode === "cancel")
    expect(await mesh.agent("a1")).toMatchObject({
      stop_code: "BUDGET",
      stop_reason: "Its budget is spent: 101 of 100 tokens",
    })
    expect(await mesh.events("budget.warned")).toMatchObject([
      { kind: "tokens", spent: 85, limit: 100 },
    ])
  })

  test("of a fleet that is spent lets none of its agents start", async () => {
    await mesh.ledger.transact((tx) => tx.run(`UPDATE fleets SET budget = '{"duration_ms":1000}'`))
    mesh.clock.advance(1000)
    await createOne().supervise("flt_1")
    await until("failed", async () => (await mesh.agent("a1")).status === "failed")
    expect(await mesh.agent("a1")).toMatchObject({
      error_code: "BUDGET",
      error_detail: "The fleet's budget is spent: 1 of 1 seconds",
    })
    expect(await mesh.fleet()).toMatchObject({ status: "failed", ran_ms: 1000 })
    expect(hosts.log).toEqual([])
  })
})

describe("a ratification", () => {
  const lead = session("ses_lead")
  const open = (deadline: string, voters: string[]) =>
    mesh.ratifications.open(lead, { subject: "x", quorum: 1, deadline, voters })
  const ends = async () =>
    (await mesh.events("ratification.resolved")).map(({ message_id, status }) => [
      message_id,
      status,
    ])

  test("ends within a minute after its deadline, and its lead is told", async () => {
    const { message_id } = await open("PT30S", ["a1"])
    await createOne().supervise("flt_1")
    await untilStarting("hst_1")
    expect(await ends()).toEqual([])
    mesh.clock.advance(60_000)
    await mesh.ledger.transact((tx) => tx.run("UPDATE hosts SET beat_at = ?", mesh.now()))
    await until("expired", async () => (await ends()).length > 0)
    expect(await ends()).toEqual([[message_id, "expired"]])
    expect((await mesh.notices())[0]).toContain(`Proposal ${message_id} \`x\` is expired`)
  })

  test("keeps an ended fleet supervised until its deadline, and no longer", async () => {
    await mesh.complete("a1")
    const { message_id } = await open("PT30S", ["human"])
    const { read } = mesh.ledger
    let reads = 0
    mesh.ledger.read = (query) => {
      reads++
      return read(query)
    }
    const supervisor = createOne()
    await supervisor.supervise("flt_1")
    expect((await mesh.fleet()).status).toBe("complete")
    // Some looks at it: the first one releases a fleet in which nothing is left to do.
    await eventually(() => reads > 40)
    mesh.clock.advance(60_000)
    await until("expired", async () => (await ends()).length > 0)
    expect(await ends()).toEqual([[message_id, "expired"]])
    await eventually(() => !supervisor.holds("flt_1"))
  })
})

test("a fleet that was handed over is another's, and may be taken back", async () => {
  const [first, second] = [createOne(), createOne()]
  await first.supervise("flt_1")
  await untilStarting("hst_1")
  await first.handOver()
  expect([first.holds("flt_1"), leases.isHeld("flt_1")]).toEqual([false, false])
  await second.supervise("flt_1")
  await first.supervise("flt_1")
  expect([first.holds("flt_1"), second.holds("flt_1")]).toEqual([false, true])
  await second.handOver()
  await first.supervise("flt_1")
  expect([first.holds("flt_1"), (await mesh.fleet()).term]).toEqual([true, 3])
  expect(hosts.log).toEqual(["start hst_1"])
})

test("closing twice is the same as once", async () => {
  const supervisor = createOne()
  await supervisor.supervise("flt_1")
  await supervisor.close()
  await supervisor.close()
  await supervisor.supervise("flt_1")
  expect([supervisor.holds("flt_1"), leases.isHeld("flt_1")]).toEqual([false, false])
})

test("a silent host that keeps the ledger locked is ended by whoever takes over", async () => {
  const first = createOne()
  await first.supervise("flt_1")
  await until("ready", async () => (await open()).join() === "hst_1 ready")
  await first.close()
  await mesh.ledger.transact((tx) => tx.run("UPDATE hosts SET beat_at = ?", mesh.now() - 60_001))
  const { transact } = mesh.ledger
  mesh.ledger.transact = async (change) => {
    if (!hosts.log.some((line) => line.startsWith("end hst_1")))
      throw new MeshError("LEDGER_BUSY", "The ledger stayed locked.", "Try again.")
    return transact(change)
  }
  const second = createOne()
  await second.supervise("flt_1")
  expect(second.holds("flt_1")).toBe(true)
  expect(hosts.log.slice(0, 2)).toEqual(["start hst_1", "end hst_1 with a1-1, lost"])
  mesh.ledger.transact = transact
})
