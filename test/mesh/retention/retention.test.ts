import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { auditLedger } from "../../../plugin/mesh/audit/audit.ts"
import type { Ledger } from "../../../plugin/mesh/ledger/ledger.ts"
import { migrations } from "../../../plugin/mesh/ledger/migrations.ts"
import { recordOffer, taskOf } from "../../../plugin/mesh/ledger/tables/board/tasks.ts"
import { noteBounds } from "../../../plugin/mesh/ledger/tables/bounds.ts"
import { recordOutcome } from "../../../plugin/mesh/ledger/tables/capabilities.ts"
import { appendEvent, lastEvent } from "../../../plugin/mesh/ledger/tables/events.ts"
import { writeReservation } from "../../../plugin/mesh/ledger/tables/files/reservations.ts"
import { markFile } from "../../../plugin/mesh/ledger/tables/file-marks.ts"
import { recordTelling } from "../../../plugin/mesh/ledger/tables/fleets.ts"
import { insertGrant, prunedQuestion } from "../../../plugin/mesh/ledger/tables/grants.ts"
import { endHost, insertHost } from "../../../plugin/mesh/ledger/tables/hosts.ts"
import { recordOutput } from "../../../plugin/mesh/ledger/tables/outputs.ts"
import { claimSession } from "../../../plugin/mesh/ledger/tables/sessions.ts"
import { recordUsage } from "../../../plugin/mesh/ledger/tables/usage.ts"
import { insertWorktree } from "../../../plugin/mesh/ledger/tables/worktrees.ts"
import { assign } from "../../../plugin/mesh/lifecycle/attempt.ts"
import { endAgent } from "../../../plugin/mesh/lifecycle/outcome.ts"
import { receiveAsk } from "../../../plugin/mesh/questions/asking.ts"
import { createRetention, type RetentionDeps } from "../../../plugin/mesh/retention/retention.ts"
import { askPermission } from "../support/asked.ts"
import { member, session } from "../support/callers.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

const day = 24 * 3_600_000
const project = "/shop/.git"
const lead = session("ses_lead")

let mesh: Mesh
let folders: Set<string>
let forgotten: [fleetId: string, hostIds: readonly string[]][]
beforeEach(async () => {
  mesh = await createMesh()
  folders = new Set()
  forgotten = []
})
afterEach(() => mesh.end())

const retention = (ledger: Ledger = mesh.ledger, more: Partial<RetentionDeps> = {}) =>
  createRetention({
    ledger,
    upkeep: async () => ledger.upkeep,
    now: mesh.now,
    isAlive: mesh.isAlive,
    isThere: (path) => folders.has(path),
    hasBranch: (_, branch) => folders.has(branch),
    files: { forget: (...each) => void forgotten.push(each), tidy: () => undefined },
    pause: async () => undefined,
    ...more,
  })
const prune = (more: object = {}) =>
  retention().prune({ projects: [project], olderThanMs: 30 * day, ...more })

/** What somebody left: a fleet that worked, talked, asked, voted and ended, with a row in every table. */
const worked = async () => {
  const { fleet_id } = await mesh.fleets.spawn(lead, {
    agents: ["a1", "a2"].map((name) => ({ name, role: name, agent: "build", prompt: "do" })),
  })
  const hostId = `hst_${fleet_id}`
  const { ledger } = mesh
  const agents = await mesh.agents(fleet_id)
  const [a1] = agents.map(member)
  await ledger.transact(async (tx) => {
    await claimSession(tx, {
      id: "ses_lead",
      project,
      agent_id: null,
      ...process(100),
      updated_at: tx.at,
    })
    await insertHost(tx, {
      id: hostId,
      fleet_id,
      nonce_hash: "",
      directory: "/shop",
      specialists: "[]",
      created_at: tx.at,
    })
    await tx.run(
      "UPDATE hosts SET status = 'ready', pid = 1, process_start = '1' WHERE id = ?",
      hostId,
    )
    for (const agent of agents) {
      const { id } = agent
      const sessionId = `ses_${id}`
      await assign(tx, agent, hostId)
      await tx.run(
        "UPDATE agents SET status = 'running', session_id = ? WHERE id = ?",
        sessionId,
        id,
      )
      await claimSession(tx, {
        id: sessionId,
        project,
        agent_id: id,
        ...process(1),
        updated_at: tx.at,
      })
      if (!(await tx.get("SELECT 1 AS found FROM bounds WHERE agent_id = ?", id)))
        await noteBounds(tx, id, "[]")
      await recordUsage(tx, id, [{ messageId: `m_${id}`, tokens: 10, costUsd: 0.1 }])
      await recordOutput(tx, { id, generation: 1 }, "done", null)
      await recordOutcome(tx, { subject: id, fleetId: fleet_id }, "", true)
      await insertWorktree(tx, {
        agent_id: id,
        fleet_id,
        repository: "/shop",
        path: `/trees/${id}`,
        branch: id,
        base: "1",
      })
      await tx.run("UPDATE worktrees SET state = 'kept' WHERE agent_id = ?", id)
      await markFile(tx, {
        path: "/shop/a",
        agent_id: id,
        fleet_id,
        seen_at: 1,
        seen_version: "",
        changed_at: null,
      })
    }
    await recordOutcome(tx, { subject: "build", fleetId: null }, "", true)
    await recordTelling(tx, fleet_id, "ses_other")
    await tx.run("INSERT INTO leases (fleet_id, holder, until) VALUES (?, 'gone', 1)", fleet_id)
    await receiveAsk(
      tx,
      { agentId: agents[0]!.id, hostId, deadlineMs: 900_000 },
      askPermission(`per_${fleet_id}`, { permission: "bash", patterns: [`push ${fleet_id}`] }),
    )
    const { id: questionId } = (await tx.get<{ id: string }>(
      "SELECT id FROM questions WHERE fleet_id = ?",
      fleet_id,
    ))!
    for (const of of [fleet_id, null])
      await insertGrant(tx, {
        id: `${of}-${fleet_id}`,
        project,
        fleet_id: of,
        permission: "bash",
        pattern: `push ${fleet_id}`,
        exact: 0,
        question_id: questionId,
        granted_at: tx.at,
      })
  })
  await mesh.tasks.add(lead, fleet_id, [{ title: "x" }])
  await mesh.tasks.update(lead, { fleet_id, task_id: 1, state: "done" })
  await mesh.ledger.transact(async (tx) =>
    recordOffer(tx, (await taskOf(tx, fleet_id, 1))!, agents[0]!.id),
  )
  const { message_id } = await mesh.ratifications.open(lead, {
    fleet_id,
    subject: "x",
    quorum: 1,
    voters: ["a1"],
  } as never)
  await mesh.receipts.write(a1!, message_id, "started")
  await mesh.ratifications.vote(a1!, message_id, { approve: true })
  await mesh.messages.send(a1!, { to_agent_id: "*", type: "question", payload: { why: "x" } })
  await readAll(fleet_id)
  for (const name of ["a1", "a2"])
    await ledger.transact(async (tx) => {
      await endAgent(tx, await mesh.agentIn(tx, name, fleet_id), {
        status: "complete",
        output: "done",
      })
    })
  // As it was handed over to one whose turn was over.
  await ledger.transact((tx) =>
    writeReservation(tx, {
      ...{ agent_id: agents[0]!.id, fleet_id, pattern: "src", mode: "shared" },
      ...{ reason: "x", until: tx.at },
    }),
  )
  await ledger.transact((tx) => endHost(tx, { id: hostId, fleet_id, pid: 1 }, "over"))
  await readAll(fleet_id)
  return fleet_id
}
const readAll = (fleetId: string) =>
  mesh.ledger.transact(async (tx) => {
    const mail = "SELECT seq FROM messages WHERE fleet_id = ?"
    await tx.run(
      `UPDATE deliveries SET state = 'acked', injected_at = ?, seen_at = ?, acked_at = ?
       WHERE message_seq IN (${mail})`,
      tx.at,
      tx.at,
      tx.at,
      fleetId,
    )
    await tx.run(
      `UPDATE inboxes SET unacked = 0
       WHERE recipient IN (SELECT recipient FROM deliveries WHERE message_seq IN (${mail}))`,
      fleetId,
    )
  })

const process = (pid: number) => ({ pid, process_start: "1" })

const rows = (sql: string) => mesh.ledger.read((db) => db.all<Record<string, unknown>>(sql))
const audit = () => mesh.ledger.read(auditLedger)

/** What speaks of providers, projects or fleets to come, and of no fleet. A new table is one of these, or is taken away. */
const ofNoFleet = ["commits", "cooldowns", "prunings", "templates"]
const tables = migrations
  .flatMap((migration) => [...migration.matchAll(/CREATE TABLE (\w+)/g)])
  .map(([, name]) => name!)
  .filter((name) => !ofNoFleet.includes(name))

/** Rows by table that speak of a fleet or of one of its agents. */
const tracesOf = async (fleetId: string, agents: readonly string[]) => {
  const found: string[] = []
  for (const table of tables)
    for (const row of await rows(`SELECT * FROM ${table}`)) {
      const isToldOf = row["type"] === "fleet.pruned"
      const names = [fleetId, `lead:${fleetId}`, ...agents]
      if (!isToldOf && Object.values(row).some((value) => names.includes(String(value))))
        found.push(table)
    }
  return found
}

test("a fleet that ended long ago goes with every row of it, and one that did not stays", async () => {
  const old = await worked()
  const agents = (await mesh.agents(old)).map(({ id }) => id)
  expect(new Set(await tracesOf(old, agents))).toEqual(new Set(tables))
  mesh.clock.advance(31 * day)
  const young = await worked()
  const events = (await rows(`SELECT 1 FROM events WHERE fleet_id = '${old}'`)).length

  const pruned = await prune()
  expect(pruned).toMatchObject({ fleets: 1, agents: 2, events, kept: [] })
  expect(pruned.messages).toBeGreaterThan(2)
  expect(await tracesOf(old, agents)).toEqual([])
  expect(forgotten).toEqual([[old, [`hst_${old}`]]])
  expect((await mesh.fleets.list(lead, { limit: 9 })).fleets.map((each) => each.fleet_id)).toEqual([
    young,
  ])
  expect(await mesh.events("fleet.pruned")).toEqual([
    {
      event: "fleet.pruned",
      agent: null,
      fleet_id: old,
      name: expect.any(String),
      agents: 2,
      messages: pruned.messages,
      events,
    },
  ])
  expect(await audit()).toMatchObject({ errors: 0, warnings: 0, findings: [] })
  expect(await prune()).toMatchObject({ fleets: 0, kept: [] })
})

test("the ledger is sound after each step, and whoever dies in between is followed by the next", async () => {
  const old = await worked()
  for (let at = 0; at < 700; at++)
    await mesh.ledger.transact((tx) => appendEvent(tx, { type: "fleet.supervised", fleetId: old }))
  mesh.clock.advance(31 * day)
  await worked()
  let steps = 0
  let most = 2
  const dying: Ledger = {
    ...mesh.ledger,
    async transact(change) {
      if (steps === most) throw new Error("killed")
      steps++
      const value = await mesh.ledger.transact(change)
      expect((await audit()).findings).toEqual([])
      return value
    },
  }
  await expect(
    retention(dying).prune({ projects: [project], olderThanMs: 30 * day, polite: true }),
  ).rejects.toThrow("killed")
  expect(await rows(`SELECT pruned_at FROM fleets WHERE id = '${old}'`)).toEqual([
    { pruned_at: mesh.now() },
  ])
  // Nobody sees it any more.
  await expect(mesh.results.status(lead, old)).rejects.toThrow(
    `[UNKNOWN_FLEET] No fleet "${old}" in this project.\nNext: Call list_fleets to see the fleets of this project; what ended long ago was pruned.`,
  )
  expect((await mesh.fleets.list(lead, { limit: 9 })).fleets).toHaveLength(1)
  most = Infinity
  await retention(dying).prune({ projects: [], olderThanMs: 30 * day, polite: true })
  expect(steps).toBeGreaterThan(4)
  expect(await rows(`SELECT id FROM fleets WHERE id = '${old}'`)).toEqual([])
})

test("numbers of events and of messages go on, whatever was taken away", async () => {
  const first = await worked()
  mesh.clock.advance(31 * day)
  // Alone it keeps the newest message.
  expect((await prune()).kept).toMatchObject([
    { fleet_id: first, reason: "it has the newest message of the ledger" },
  ])
  const second = await worked()
  const before = {
    event: await mesh.ledger.read(lastEvent),
    message: Number((await rows("SELECT max(seq) AS seq FROM messages"))[0]!["seq"]),
  }
  expect((await prune()).fleets).toBe(1)
  await mesh.messages.send(lead, {
    to_agent_id: "a1",
    fleet_id: second,
    type: "handoff",
    payload: "go",
  })
  expect(await mesh.ledger.read(lastEvent)).toBeGreaterThan(before.event)
  expect((await rows("SELECT max(seq) AS seq FROM messages"))[0]!["seq"]).toBe(before.message + 1)
})

test("a pruned fleet's grants go, what was granted to the project holds on, and so does what is known of specialists", async () => {
  const old = await worked()
  mesh.clock.advance(31 * day)
  const young = await worked()
  await prune()
  expect(
    await rows("SELECT fleet_id, question_id FROM grants ORDER BY granted_at, id"),
  ).toMatchObject([
    { fleet_id: null, question_id: prunedQuestion },
    { fleet_id: young },
    { fleet_id: null },
  ])
  expect(await rows("SELECT successes FROM outcomes WHERE subject = 'build'")).toEqual([
    { successes: 2 },
  ])
  expect(await rows(`SELECT subject FROM outcomes WHERE subject LIKE '%${old}'`)).toEqual([])
  expect((await audit()).findings).toEqual([])
})

describe("a fleet that ended long ago stays while", () => {
  const cases: [title: string, reason: RegExp, act: (fleetId: string) => Promise<unknown>][] = [
    [
      "a host of it has not ended",
      /^a host/,
      () =>
        mesh.ledger.transact((tx) => tx.run("UPDATE hosts SET status = 'ending', ended_at = NULL")),
    ],
    [
      "a proposal of it is open",
      /^a proposal/,
      () =>
        mesh.ledger.transact((tx) =>
          tx.run("UPDATE ratifications SET status = 'open', resolved_at = NULL"),
        ),
    ],
    [
      "a worktree of it is not judged yet",
      /worktree \/trees\/a1-\S+ is still to be judged/,
      () => mesh.ledger.transact((tx) => tx.run("UPDATE worktrees SET state = 'removing'")),
    ],
    [
      "a worktree that was kept is there",
      /worktree \/trees\/a1-\S+ holds work/,
      async (fleetId) => folders.add(`/trees/${(await mesh.agent("a1", fleetId)).id}`),
    ],
    [
      "a branch of it is not merged",
      /branch b-a1-\S+ is not merged/,
      async (fleetId) => {
        const { id } = await mesh.agent("a1", fleetId)
        await mesh.ledger.transact((tx) =>
          tx.run("UPDATE worktrees SET state = 'kept', commits = 2, branch = ?", `b-${id}`),
        )
        folders.add(`b-${id}`)
      },
    ],
    [
      "mail is to wake one of its agents",
      /^mail is to wake/,
      () =>
        mesh.ledger.transact((tx) =>
          tx.run("UPDATE deliveries SET state = 'accepted', wake = 1 WHERE recipient LIKE 'a2%'"),
        ),
    ],
    [
      "mail is on its way to its living lead",
      /^mail for its lead/,
      () =>
        mesh.ledger.transact((tx) =>
          tx.run("UPDATE deliveries SET state = 'accepted' WHERE recipient LIKE 'lead%'"),
        ),
    ],
    [
      "somebody wrote in it since",
      /^mail of it is newer/,
      (fleetId) =>
        mesh.messages.send(lead, {
          to_agent_id: "*",
          fleet_id: fleetId,
          type: "result",
          payload: "by the way",
          wake: false,
        }),
    ],
  ]
  for (const [title, reason, act] of cases)
    test(title, async () => {
      const old = await worked()
      mesh.clock.advance(31 * day)
      await act(old)
      await worked()
      const before = await tracesOf(old, [])
      expect(await prune()).toMatchObject({
        fleets: 0,
        kept: [{ fleet_id: old, reason: expect.stringMatching(reason) }],
      })
      expect(await tracesOf(old, [])).toEqual(before)
    })

  test("it runs again, or is of another project", async () => {
    const old = await worked()
    mesh.clock.advance(31 * day)
    await mesh.fleets.attach(lead, old, { name: "a3", role: "a3", prompt: "more" })
    await worked()
    expect(await prune()).toMatchObject({ fleets: 0, kept: [] })
    expect(await prune({ projects: ["/other"] })).toMatchObject({ fleets: 0, kept: [] })
  })
})

test("mail that nobody has fetched for as long does not keep a fleet", async () => {
  const old = await worked()
  await mesh.ledger.transact((tx) =>
    tx.run(
      "UPDATE deliveries SET state = 'parked', injected_at = NULL, seen_at = NULL, acked_at = NULL WHERE recipient LIKE 'lead%' AND position IS NULL",
    ),
  )
  mesh.clock.advance(31 * day)
  await worked()
  expect(await prune()).toMatchObject({ fleets: 1 })
  expect(await tracesOf(old, [])).toEqual([])
})

test("a dry run says the same and changes nothing", async () => {
  const old = await worked()
  mesh.clock.advance(31 * day)
  await worked()
  const before = await rows("SELECT * FROM events")
  const said = await prune({ dryRun: true })
  expect(await rows("SELECT * FROM events")).toEqual(before)
  expect(await tracesOf(old, [])).not.toEqual([])
  expect(await prune()).toEqual(said)
})

test("what belongs to no fleet goes with the years, and the newest event stays", async () => {
  for (const at of [1, 2, 3]) {
    await mesh.ledger.transact((tx) =>
      appendEvent(tx, { type: "routing.outcome", data: { success: at === 1 } }),
    )
    mesh.clock.advance(20 * day)
  }
  await mesh.ledger.transact((tx) =>
    claimSession(tx, { id: "ses_gone", project, agent_id: null, ...process(7), updated_at: 0 }),
  )
  await mesh.ledger.transact((tx) =>
    claimSession(tx, { id: "ses_here", project, agent_id: null, ...process(8), updated_at: 0 }),
  )
  mesh.dead.add(7)
  await prune({ olderThanMs: 1 })
  expect((await rows("SELECT seq FROM events")).map(({ seq }) => Number(seq))).toEqual([3])
  expect(await rows("SELECT id FROM sessions")).toEqual([{ id: "ses_here" }])
  mesh.clock.advance(90 * day)
  await prune()
  expect((await rows("SELECT seq FROM events")).map(({ seq }) => Number(seq))).toEqual([3])
})

describe("by itself", () => {
  test("a project's history is pruned once in some hours, by one process", async () => {
    await worked()
    mesh.clock.advance(31 * day)
    await worked()
    const both = await Promise.all([1, 2].map(() => retention().pruneWhenDue(project, 30 * day)))
    expect(both.filter((each) => each !== undefined)).toMatchObject([{ fleets: 1 }])
    mesh.clock.advance(5 * 3_600_000)
    expect(await retention().pruneWhenDue(project, 30 * day)).toBeUndefined()
    mesh.clock.advance(3_600_000)
    expect(await retention().pruneWhenDue(project, 30 * day)).toMatchObject({ fleets: 0 })
    expect(await retention().pruneWhenDue("/other", 30 * day)).toMatchObject({ fleets: 0 })
  })

  test("it waits up to a day for a moment in which nothing runs", async () => {
    await retention().pruneWhenDue(project, 30 * day)
    await mesh.fleets.spawn(lead, { agents: [{ name: "a", role: "a", prompt: "go" }] })
    mesh.clock.advance(23 * 3_600_000)
    expect(await retention().pruneWhenDue(project, 30 * day)).toBeUndefined()
    mesh.clock.advance(3_600_000)
    expect(await retention().pruneWhenDue(project, 30 * day)).toBeDefined()
  })

  test("a claim of a clock that was set back holds for nobody", async () => {
    mesh.clock.advance(day)
    await retention().pruneWhenDue(project, 30 * day)
    mesh.clock.advance(-day / 2)
    expect(await retention().pruneWhenDue(project, 30 * day)).toBeDefined()
  })
})

describe("whoever writes meanwhile", () => {
  const slow = (tookMs: number): Ledger => ({
    ...mesh.ledger,
    async transact(change) {
      const value = await mesh.ledger.transact(change)
      mesh.clock.advance(tookMs)
      return value
    },
  })

  test("waits for no more than a small step, and the next one leaves it time", async () => {
    const old = await worked()
    for (let at = 0; at < 500; at++)
      await mesh.ledger.transact((tx) =>
        appendEvent(tx, { type: "fleet.supervised", fleetId: old }),
      )
    mesh.clock.advance(31 * day)
    await worked()
    for (const [tookMs, pauseMs] of [
      [1, 25],
      [40, 200],
    ] as const) {
      const pauses: number[] = []
      const deps = { pause: async (ms: number) => void pauses.push(ms) }
      let steps = 0
      const stopping: Ledger = {
        ...slow(tookMs),
        transact: (change) =>
          ++steps > 4 ? Promise.reject(new Error("enough")) : slow(tookMs).transact(change),
      }
      await retention(stopping, deps)
        .prune({ projects: [project], olderThanMs: 30 * day, polite: true })
        .catch(() => undefined)
      expect(new Set(pauses)).toEqual(new Set([pauseMs]))
    }
  })

  test("has no commit that must write back what was taken away", async () => {
    let written = 0
    const upkeep = {
      size: async () => ({ bytes: 1, freeBytes: 0 }),
      shrinks: async () => true,
      reclaim: async () => false,
      rewrite: async () => undefined,
      writeBack: async () => void written++,
    }
    const old = await worked()
    await mesh.ledger.transact(async (tx) => {
      for (let at = 0; at < 1700; at++)
        await appendEvent(tx, { type: "fleet.supervised", fleetId: old })
    })
    mesh.clock.advance(31 * day)
    await worked()
    await retention(mesh.ledger, { upkeep: async () => upkeep }).pruneWhenDue(project, 30 * day)
    expect(written).toBe(2)
  })

  test("is waited for only while a fleet runs", async () => {
    const pauses: number[] = []
    const deps = { pause: async (ms: number) => void pauses.push(ms) }
    await worked()
    mesh.clock.advance(31 * day)
    await worked()
    await retention(mesh.ledger, deps).prune({ projects: [project], olderThanMs: 30 * day })
    expect(new Set(pauses)).toEqual(new Set([0]))
    mesh.clock.advance(31 * day)
    await mesh.fleets.spawn(lead, { agents: [{ name: "a", role: "a", prompt: "go" }] })
    await mesh.messages.send(lead, { to_agent_id: "a", type: "result", payload: "x" })
    await retention(mesh.ledger, deps).prune({ projects: [project], olderThanMs: 30 * day })
    expect(pauses.at(-1)).toBe(25)
  })
})

describe("free space", () => {
  const given = async (file: { shrinks: boolean; bytes: number; freeBytes: number }) => {
    const done: string[] = []
    let left = 2
    const upkeep = {
      size: async () => file,
      shrinks: async () => file.shrinks,
      reclaim: async () => (done.push("reclaim"), --left > 0),
      rewrite: async () => void done.push("rewrite"),
      writeBack: async () => void done.push("write back"),
    }
    const why = await retention(mesh.ledger, { upkeep: async () => upkeep }).giveBack()
    return { done, why }
  }
  const [little, most] = [
    { bytes: 10, freeBytes: 2 },
    { bytes: 10, freeBytes: 6 },
  ]

  test("is given back by writing a file anew that is mostly free, or of an earlier version", async () => {
    expect(await given({ shrinks: true, ...most })).toEqual({ done: ["rewrite"], why: undefined })
    expect(await given({ shrinks: false, ...little })).toEqual({
      done: ["rewrite"],
      why: undefined,
    })
    expect((await given({ shrinks: true, ...little })).done).toEqual(["reclaim", "reclaim"])
  })

  test("is given back in steps while a fleet runs, and stays in a file that cannot shrink", async () => {
    await mesh.fleets.spawn(lead, { agents: [{ name: "a", role: "a", prompt: "go" }] })
    expect((await given({ shrinks: true, ...most })).done).toEqual(["reclaim", "reclaim"])
    expect(await given({ shrinks: false, ...most })).toEqual({
      done: [],
      why: "a fleet is running, and nobody could write meanwhile",
    })
  })

  test("is the database's own business where it is no file", async () => {
    expect(
      await retention(mesh.ledger, { upkeep: async () => undefined }).giveBack(),
    ).toBeUndefined()
  })
})
