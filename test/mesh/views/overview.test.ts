import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { createOverview } from "../../../plugin/mesh/views/overview.ts"
import { createTeller, tellSmall } from "../../web/support/stories.ts"
import { member, session } from "../support/callers.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
beforeEach(async () => void (mesh = await createMesh()))
afterEach(() => mesh.end())

const look = (...chosen: string[]) =>
  createOverview(mesh, { project: "/shop/.git", fleets: chosen })

describe("an overview", () => {
  test("tells all there is, then nothing, then what changed", async () => {
    await tellSmall(mesh)
    const overview = look()
    const first = (await overview.news())!
    expect(Object.keys(first).toSorted()).toEqual([
      "agents",
      "councils",
      "fleets",
      "happenings",
      "needs",
      "now",
      "projects",
      "questions",
      "reserved",
      "shown",
      "spending",
      "tasks",
    ])
    expect(first.fleets).toMatchObject([
      {
        name: "checkout rewrite",
        agents: 3,
        counts: { queued: 0, running: 3, complete: 0, failed: 0, cancelled: 0 },
        tokens: 106_600,
        costUsd: 0.262,
      },
    ])
    expect(await overview.news()).toBeUndefined()
    await createTeller(mesh, "flt_1").says("reviewer", "mapper", "Still there?", "question")
    const second = (await overview.news())!
    expect(Object.keys(second).toSorted()).toEqual(["agents", "happenings", "now"])
    expect(second.agents).toMatchObject([{ name: "mapper", unread: 3 }])
    expect(second.happenings).toMatchObject([
      {
        type: "message.sent",
        who: "reviewer",
        to: ["mapper-1"],
        kind: "question",
        text: "Still there?",
      },
    ])
  })

  test("says of each agent what it is at", async () => {
    await mesh.given(["a", "b", "c", "d", "e", "f"])
    const tell = createTeller(mesh, "flt_1")
    await tell.begin("a", "edits x.ts")
    await tell.begin("b")
    await tell.waitsForMail("b")
    await tell.begin("c")
    await tell.stalls("c")
    await tell.begin("d")
    await tell.interrupts("d", "its host was killed")
    await tell.begin("e")
    await tell.fails("e", { code: "TIMEOUT", detail: "10 min are over" })
    const { agents } = (await look().news())!
    expect(agents!.map(({ name, state, doing }) => `${name} ${state}: ${doing}`)).toEqual([
      "a running: edits x.ts",
      "b waiting: waits for a message",
      "c stalled: reads the task",
      "d interrupted: tries again: HOST_LOST its host was killed",
      "e failed: TIMEOUT: 10 min are over",
      "f queued: waits for a place",
    ])
  })

  test("shows what runs, else the newest, or what was chosen", async () => {
    const ended = { status: "complete" as const, ended_at: 1 }
    await mesh.given(["a"])
    mesh.clock.advance(1000)
    await mesh.given(["b"])
    await mesh.ledger.transact((tx) =>
      tx.run(
        "UPDATE fleets SET status = ?, ended_at = ? WHERE id = 'flt_2'",
        ended.status,
        ended.ended_at,
      ),
    )
    const overview = look()
    expect((await overview.news())!.shown).toEqual(["flt_1"])
    expect((await look("flt_2", "flt_9").news())!.shown).toEqual(["flt_2"])
    await mesh.ledger.transact((tx) =>
      tx.run("UPDATE fleets SET status = 'complete', ended_at = 2 WHERE id = 'flt_1'"),
    )
    expect((await overview.news())!.shown).toEqual(["flt_2"])
    await mesh.given(["spy"], { fleet: { project: "/elsewhere" } })
    expect((await look("flt_3").news())!.shown).toEqual(["flt_2"])
  })

  test("sends a history once, however it is asked for", async () => {
    await tellSmall(mesh)
    const overview = look()
    const first = (await overview.news())!.happenings!
    expect(new Set(first.map(({ seq }) => seq)).size).toBe(first.length)
    expect(first.some(({ type }) => type === "message.acked" || type === "message.injected")).toBe(
      false,
    )
    await createTeller(mesh, "flt_1").answers("reviewer", "All is well.")
    const more = (await overview.news())!.happenings!
    expect(more.map(({ type, who }) => `${type} ${who}`)).toEqual(["agent.complete reviewer"])
  })

  test("adds up what was spent, by when", async () => {
    await tellSmall(mesh)
    const { spending } = (await look().news())!
    expect(spending!.at(-1)).toMatchObject({ tokens: 106_600 })
    expect(spending!.at(-1)!.costUsd).toBeCloseTo(0.262)
    expect(spending!.map(({ tokens }) => tokens)).toEqual(
      spending!.map(({ tokens }) => tokens).toSorted((a, b) => a - b),
    )
    expect(spending!.length).toBe(6)
    // Steps from before their time was kept are not lost.
    await mesh.ledger.transact((tx) => tx.run("UPDATE usage SET at = NULL"))
    const old = (await look().news())!.spending!
    expect(old.at(-1)).toMatchObject({ tokens: 106_600 })
  })

  test("shows the boards of the fleets shown, and what their agents have reserved for now", async () => {
    await mesh.given(["ada", "bob"])
    for (const name of ["ada", "bob"]) await mesh.set(name, { status: "running" })
    const overview = look()
    expect(await overview.news()).toMatchObject({ tasks: [], reserved: [] })
    const lead = session("ses_lead")
    await mesh.tasks.add(lead, "flt_1", [
      { title: "Map it" },
      { title: "Do it", after: ["Map it"] },
    ])
    const ada = member(await mesh.agent("ada"))
    await mesh.tasks.claim(ada, 1)
    const wish = { mode: "exclusive" as const, reason: "new dates", minutes: 30 }
    await mesh.reservations.reserve(ada, { ...wish, paths: ["src/dates.ts"] })
    const at = mesh.clock.now()
    const { tasks, reserved } = (await overview.news())!
    const usual = {
      fleetId: "flt_1",
      proof: null,
      hasFailedCheck: false,
      note: null,
      changedAt: at,
    }
    expect(tasks).toEqual([
      { ...usual, number: 1, title: "Map it", state: "claimed", owner: "ada", waitsFor: [] },
      { ...usual, number: 2, title: "Do it", state: "open", owner: null, waitsFor: [1] },
    ])
    expect(reserved).toEqual([
      {
        ...{ fleetId: "flt_1", agentId: "ada-1", who: "ada", pattern: "src/dates.ts" },
        ...{ mode: "exclusive", reason: "new dates", until: at + 30 * 60_000 },
      },
    ])
    const rights = { rights: { rules: [], ask: async () => {} } }
    await mesh.tasks.update({ ...ada, ...rights }, { task_id: 1, state: "done" })
    mesh.clock.advance(30 * 60_000)
    const later = (await overview.news())!
    expect(later.reserved).toEqual([])
    expect(later.tasks).toMatchObject([
      { state: "done", owner: "ada", proof: "word" },
      { state: "open", waitsFor: [] },
    ])
  })
})
