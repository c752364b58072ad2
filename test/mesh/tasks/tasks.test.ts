import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { auditLedger } from "../../../plugin/mesh/audit/audit.ts"
import { tasksOfFleet } from "../../../plugin/mesh/ledger/tables/board/tasks.ts"
import { undelivered } from "../../../plugin/mesh/ledger/tables/messages.ts"
import { endAgent } from "../../../plugin/mesh/lifecycle/outcome.ts"
import { reopenAgent } from "../../../plugin/mesh/lifecycle/wake.ts"
import type { Rights } from "../../../plugin/mesh/model/caller.ts"
import { delegate, member, session } from "../support/callers.ts"
import { expectFailure } from "../support/errors.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
const lead = session("ses_lead")
const rights = (ask: Rights["ask"] = async () => {}) => ({ rights: { rules: [], ask } })

beforeEach(async () => {
  mesh = await createMesh()
  await mesh.given(["ada", "bob", "cyd"])
  for (const name of ["ada", "bob", "cyd"]) await mesh.set(name, { status: "running" })
})
afterEach(async () => {
  const { findings } = await mesh.ledger.read(auditLedger)
  expect(findings.filter(({ check }) => check.startsWith("task"))).toEqual([])
  await mesh.end()
})

const as = async (name: string) => member(await mesh.agent(name))
const add = (...tasks: Parameters<Mesh["tasks"]["add"]>[2]) => mesh.tasks.add(lead, "flt_1", tasks)
const claim = async (name: string, number?: number) => mesh.tasks.claim(await as(name), number)
const update = async (
  name: string,
  task_id: number,
  state: "done" | "open" | "review" | "blocked",
) => mesh.tasks.update({ ...(await as(name)), ...rights() }, { task_id, state })
const board = () => mesh.ledger.read((db) => tasksOfFleet(db, "flt_1"))
const task = async (number: number) => (await board())[number - 1]!
const fail = (name: string) =>
  mesh.ledger.transact(async (tx) =>
    endAgent(tx, await mesh.agentIn(tx, name), {
      status: "failed",
      failure: { code: "HOST_LOST", detail: "gone" },
    }),
  )
/** What waits for an agent, as it reads it. */
const told = async (name: string) =>
  (await mesh.ledger.read(async (db) => undelivered(db, (await mesh.agentIn(db, name)).id))).map(
    ({ payload, wake }) => `${wake ? "" : "(quiet) "}${payload}`,
  )

describe("claiming", () => {
  test("takes a task whose dependencies are done, once", async () => {
    await add({ title: "a" }, { title: "b", after: ["a"] })
    expect((await claim("ada")).task).toMatchObject({ task_id: 1, state: "claimed", owner: "ada" })
    await expectFailure(() => claim("bob", 1), "TASK_NOT_FREE", "Task 1", "claimed")
    await expectFailure(() => claim("bob", 2), "TASK_NOT_FREE", "once 1 is done")
    expect(await claim("bob")).toEqual({
      task: null,
      board: "0 of 2 done, 1 claimed, 1 open (1 waits for others)",
    })
    await update("ada", 1, "done")
    expect((await claim("bob", 2)).task?.task_id).toBe(2)
  })

  test("takes the one that fits best, by role and skills", async () => {
    await add({ title: "Write the docs" }, { title: "Mend the parser" }, { title: "Test it" })
    await mesh.ledger.transact(async (tx) => {
      const ada = await mesh.agentIn(tx, "ada")
      await tx.run(
        `INSERT INTO capabilities (agent_id, role, fleet_id, skills, registered_at)
         VALUES (?, 'Engineer', 'flt_1', '["parser"]', 0)`,
        ada.id,
      )
    })
    expect((await claim("ada")).task?.title).toBe("Mend the parser")
    expect((await claim("bob")).task?.title).toBe("Write the docs")
  })

  test("is for one agent and one task at a time, at work, and not for a lead", async () => {
    await add({ title: "a" }, { title: "b" })
    await claim("ada", 1)
    await expectFailure(() => claim("ada", 2), "LIMIT_REACHED", "task 1", "one at a time")
    await expectFailure(() => mesh.tasks.claim(lead, 2), "NOT_ALLOWED", "not by its lead")
    await expectFailure(async () => mesh.tasks.claim(delegate(await as("bob")), 2), "NOT_ALLOWED")
    const bob = await as("bob")
    await mesh.complete("bob")
    await expectFailure(() => mesh.tasks.claim(bob, 2), "AGENT_ENDED", "complete")
    await expectFailure(() => claim("cyd", 3), "UNKNOWN_TASK", "1 to 2")
  })
})

describe("a claim ends with its agent", () => {
  test("that fails: the task is open again, with its notes and where the work lies", async () => {
    await add({ title: "a" })
    await claim("ada")
    await mesh.tasks.update(await as("ada"), { task_id: 1, note: "half of it is done" })
    await fail("ada")
    expect(await task(1)).toMatchObject({ state: "open", owner: null, claims: 1 })
    expect((await claim("bob")).task).toMatchObject({
      notes: "ada: half of it is done",
      begun_by: "ada",
      begun_in: "/shop",
      claims: 2,
    })
    expect(await mesh.events("task.given_back")).toEqual([
      {
        event: "task.given_back",
        agent: "ada-1",
        task: 1,
        claim: 1,
        cause: "ada has ended: failed",
      },
    ])
  })

  test("that is only interrupted keeps it for its next attempt", async () => {
    await add({ title: "a" })
    await claim("ada")
    await mesh.set("ada", { status: "interrupted" })
    await fail("bob")
    expect(await task(1)).toMatchObject({ state: "claimed", owner: "ada-1" })
  })

  test("what an earlier claim decided is refused", async () => {
    await add({ title: "a", check: "npm test" })
    await claim("ada")
    const ada = { ...(await as("ada")), ...rights() }
    // Its host is declared dead while its check runs.
    mesh.checks.meanwhile = async () => {
      await fail("ada")
      await claim("bob", 1)
    }
    await expectFailure(
      () => mesh.tasks.update(ada, { task_id: 1, state: "done" }),
      "TASK_NOT_FREE",
      "bob",
    )
    expect(await task(1)).toMatchObject({ state: "claimed", owner: "bob-1", checked: null })
  })
})

describe("who is told of the board", () => {
  test("an agent that ends its turn while tasks are there for it, once", async () => {
    await mesh.complete("bob")
    await mesh.complete("cyd")
    await add({ title: "a" }, { title: "b", after: ["a"] })
    expect([await told("bob"), await told("cyd")]).toEqual([[], []])
    await mesh.complete("ada")
    expect(await told("ada")).toEqual([expect.stringContaining("Open on the board: 1 `a`.")])
    // That mail keeps the fleet open.
    expect((await mesh.fleet()).status).toBe("running")
    await mesh.ledger.transact(async (tx) => {
      await tx.run("UPDATE deliveries SET state = 'acked'")
      await reopenAgent(tx, await mesh.agentIn(tx, "ada"), "running")
    })
    await mesh.complete("ada")
    expect(await told("ada")).toEqual([])
    // It did not want it: somebody else is asked before the fleet ends.
    expect([...(await told("bob")), ...(await told("cyd"))]).toHaveLength(1)
  })

  test("nobody while others are at work without a task", async () => {
    await add({ title: "a" })
    await mesh.complete("bob")
    expect(await told("bob")).toEqual([])
  })

  test("one at rest, when a task is given back and no other hand is free", async () => {
    await add({ title: "a" })
    await claim("ada")
    await mesh.complete("bob")
    await mesh.complete("cyd")
    await fail("ada")
    expect([...(await told("bob")), ...(await told("cyd"))]).toHaveLength(1)
    expect(await mesh.events("task.offered")).toEqual([
      { event: "task.offered", agent: expect.stringMatching(/^(bob|cyd)-1$/), tasks: [1] },
    ])
  })

  test("nobody, when an agent was stopped: its fleet may be meant to end", async () => {
    await add({ title: "a" })
    await claim("ada")
    await mesh.complete("bob")
    await mesh.complete("cyd")
    await mesh.ledger.transact(async (tx) =>
      endAgent(tx, await mesh.agentIn(tx, "ada"), {
        status: "cancelled",
        failure: { code: "CANCELLED", detail: "enough" },
      }),
    )
    expect(await task(1)).toMatchObject({ state: "open", left_by: "ada-1" })
    expect([await told("bob"), await told("cyd")]).toEqual([[], []])
    expect((await mesh.fleet()).status).toBe("cancelled")
    expect(await mesh.notices()).toEqual([
      expect.stringContaining("Its board: 0 of 1 done, 1 open."),
    ])
  })

  test("an agent that rests although it has a task; when nobody is at work it loses it", async () => {
    await add({ title: "a" })
    await claim("ada")
    await mesh.complete("ada")
    expect(await told("ada")).toEqual([expect.stringContaining("You still have task 1 `a`.")])
    expect((await task(1)).state).toBe("claimed")
    await mesh.ledger.transact((tx) => tx.run("UPDATE deliveries SET state = 'acked'"))
    await mesh.complete("bob")
    expect((await task(1)).state).toBe("claimed")
    await mesh.complete("cyd")
    expect(await task(1)).toMatchObject({ state: "open", left_by: "ada-1" })
    expect([...(await told("bob")), ...(await told("cyd"))]).toHaveLength(1)
    expect(await told("ada")).toEqual([])
  })
})

describe("done", () => {
  test("is its owner's word without a check, and marked so", async () => {
    await add({ title: "a" })
    await claim("ada")
    expect(await update("ada", 1, "done")).toEqual({
      task_id: 1,
      state: "done",
      proof: "word",
      board: "1 of 1 done",
    })
  })

  test("counts once the check passes in its owner's folder", async () => {
    await add({ title: "a", check: "npm test && npm run lint" })
    await claim("ada")
    mesh.checks.passes = false
    expect(await update("ada", 1, "done")).toMatchObject({
      state: "claimed",
      why: "Not done: its check failed. The task stays yours.",
      check: { passed: false, exit: 1, output: "what it printed" },
    })
    const noted = { task_id: 1, state: "review" as const, note: "nearly" }
    expect(await mesh.tasks.update({ ...(await as("ada")), ...rights() }, noted)).toMatchObject({
      why: "Not in review: its check failed. The task stays yours, and your note is kept.",
    })
    expect((await task(1)).notes).toBe("ada: nearly")
    mesh.checks.passes = true
    expect(await update("ada", 1, "done")).toMatchObject({ state: "done", proof: "check" })
    expect(mesh.checks.ran).toEqual(Array(3).fill("/shop: npm test && npm run lint"))
  })

  test("a claim in the same reply waits for the check, and what is free then is said", async () => {
    await add({ title: "a", check: "npm test" }, { title: "b", after: ["a"] })
    await claim("ada")
    const gate = Promise.withResolvers<void>()
    mesh.checks.meanwhile = () => gate.promise
    const done = update("ada", 1, "done")
    const next = claim("ada")
    gate.resolve()
    expect(await done).toMatchObject({ state: "done", now_free: [2] })
    expect((await next).task).toMatchObject({ task_id: 2, state: "claimed" })
  })

  test("a claim that was given up while it waited takes nothing", async () => {
    await add({ title: "a", check: "npm test" }, { title: "b" })
    await claim("ada", 1)
    const gate = Promise.withResolvers<void>()
    mesh.checks.meanwhile = () => gate.promise
    const done = update("ada", 1, "done")
    const given = new AbortController()
    const next = mesh.tasks.claim(await as("ada"), 2, given.signal).catch(({ name }: Error) => name)
    given.abort()
    gate.resolve()
    await done
    expect([await next, (await task(2)).state]).toEqual(["AbortError", "open"])
  })

  test("a check runs for whoever may run it, and is written by whoever may", async () => {
    const asked: unknown[] = []
    const deny = rights(async (...args) => {
      asked.push(args)
      throw new Error("denied")
    })
    const tasks = [{ title: "a", check: "npm test && git push" }]
    await expectFailure(
      async () => mesh.tasks.add({ ...(await as("bob")), ...deny }, undefined, tasks),
      "NOT_ALLOWED",
      "git push",
    )
    expect(await board()).toEqual([])
    expect(asked).toEqual([["bash", ["npm test", "git push"], { command: "npm test && git push" }]])
    await mesh.tasks.add(lead, "flt_1", tasks)
    await claim("ada")
    await expectFailure(
      async () =>
        mesh.tasks.update({ ...(await as("ada")), ...deny }, { task_id: 1, state: "done" }),
      "NOT_ALLOWED",
    )
    expect([mesh.checks.ran, (await task(1)).state]).toEqual([[], "claimed"])
  })

  test("is said by another agent of what is in review, or by the lead", async () => {
    await add({ title: "a" }, { title: "b" })
    await claim("ada")
    await update("ada", 1, "review")
    expect(await mesh.notices()).toEqual([
      expect.stringContaining("Task 1 `a` of flt_1 is in review"),
    ])
    await expectFailure(() => update("ada", 1, "done"), "NOT_ALLOWED", "its owner cannot")
    expect(await update("bob", 1, "done")).toMatchObject({ state: "done", proof: "review" })
    await expectFailure(() => update("bob", 2, "done"), "NOT_ALLOWED", "who does not have it")
    expect(await mesh.tasks.update(lead, { task_id: 2, state: "done" })).toMatchObject({
      state: "done",
      proof: "lead",
    })
  })
})

test("what a lead takes away, its owner is told", async () => {
  await add({ title: "a" })
  await claim("ada")
  await mesh.tasks.update(lead, { task_id: 1, state: "cancelled" })
  expect(await told("ada")).toEqual([
    expect.stringContaining("(quiet) Task 1 `a` of flt_1 is cancelled"),
  ])
  await expectFailure(() => update("ada", 1, "done"), "NOT_ALLOWED")
})

test("a blocked task is nobody's, and its lead is asked", async () => {
  await add({ title: "a" })
  await claim("ada")
  await update("ada", 1, "blocked")
  expect(await task(1)).toMatchObject({ state: "blocked", owner: null, left_by: "ada-1" })
  expect(await mesh.notices()).toEqual([expect.stringContaining("is blocked")])
  expect((await claim("bob")).task).toBeNull()
})

test("a list is short, and one task is whole", async () => {
  await add({ title: "a" }, { title: "b", description: "do it", after: ["a"], check: "npm test" })
  await claim("ada")
  expect(await mesh.tasks.list(await as("bob"), {})).toEqual({
    board: "0 of 2 done, 1 claimed, 1 open (1 waits for others)",
    tasks: [
      { task_id: 1, title: "a", state: "claimed", owner: "ada" },
      { task_id: 2, title: "b", state: "open", waits_for: [1] },
    ],
  })
  const { tasks } = await mesh.tasks.list(lead, { task_id: 2 })
  expect(tasks[0]).toMatchObject({ description: "do it", check: "npm test" })
  expect((await mesh.tasks.list(lead, { state: "done" })).tasks).toEqual([])
})

test("a fleet is spawned with its board, and its status and its end tell of it", async () => {
  const spawned = await mesh.fleets.spawn(session("ses_two"), {
    agents: [{ role: "Worker", prompt: "work" }],
    tasks: [{ title: "a" }, { title: "b", after: ["a"] }],
  })
  const { fleet } = await mesh.results.status(session("ses_two"), spawned.fleet_id)
  expect(fleet.board).toBe("0 of 2 done, 2 open (1 waits for others)")
  await mesh.fleets.stop(session("ses_two"), spawned.fleet_id, { mode: "cancel" })
  const others = await mesh.results.status(lead, "flt_1")
  expect(others.fleet).not.toHaveProperty("board")
})

test("who is of another fleet may look at a board, and change nothing", async () => {
  await add({ title: "a" })
  await claim("ada")
  await update("ada", 1, "review")
  await mesh.given(["eve"])
  const eve = member(await mesh.agent("eve", "flt_2"))
  const there = { fleet_id: "flt_1" }
  expect((await mesh.tasks.list(eve, there)).tasks).toHaveLength(1)
  for (const change of [{ state: "done" as const }, { note: "hello" }])
    await expectFailure(
      () => mesh.tasks.update(eve, { ...there, task_id: 1, ...change }),
      "NOT_ALLOWED",
      "flt_2",
    )
  await expectFailure(() => mesh.tasks.add(eve, "flt_1", [{ title: "b" }]), "NOT_THE_LEAD")
  await expectFailure(
    () => mesh.tasks.update(session("ses_other"), { ...there, task_id: 1, state: "done" }),
    "NOT_THE_LEAD",
  )
})
