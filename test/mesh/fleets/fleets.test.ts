import { eventually } from "../../support/eventually.ts"
import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import type { AgentDraft } from "../../../plugin/mesh/fleets/fleet-draft.ts"
import { endAgent } from "../../../plugin/mesh/lifecycle/outcome.ts"
import { delegate, member, session } from "../support/callers.ts"
import { expectFailure } from "../support/errors.ts"
import { draft } from "../support/draft.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
const lead = session("ses_lead")
const stranger = session("ses_other")

beforeEach(async () => {
  mesh = await createMesh()
})
afterEach(() => mesh.end())

const spawn = (...agents: AgentDraft[]) => mesh.fleets.spawn(lead, { agents })
const statuses = async () => (await mesh.agents()).map((agent) => `${agent.name} ${agent.status}`)

describe("spawning", () => {
  test("queues every agent in the order given, with what it inherits from the lead", async () => {
    const spawned = await spawn(
      draft("Code Explorer"),
      draft("Reviewer", {
        agent: "code-reviewer",
        model: "fake/m2",
        directory: "web",
        skills: ["css"],
      }),
    )
    expect(spawned).toEqual({
      fleet_id: "flt_1",
      agent_ids: ["code-explorer-1", "reviewer-2"],
      agents: [
        {
          agent_id: "code-explorer-1",
          name: "code-explorer",
          role: "Code Explorer",
          agent: "build",
          status: "queued",
        },
        {
          agent_id: "reviewer-2",
          name: "reviewer",
          role: "Reviewer",
          agent: "code-reviewer",
          status: "queued",
        },
      ],
    })
    expect((await mesh.agents()).map(({ model, directory }) => ({ model, directory }))).toEqual([
      { model: "fake/m1", directory: "/shop" },
      { model: "fake/m2", directory: "/shop/web" },
    ])
    expect(mesh.supervised).toEqual(["flt_1"])
  })

  test("leaves an agent that waits for its first message out of the queue, and says so", async () => {
    await spawn(draft("Tester", { waits: true }), draft("Implementer"))
    const { agents } = await mesh.results.status(lead, "flt_1")
    expect(
      agents.map(({ name, status, blocked_on, queue_place }) => [
        name,
        status,
        blocked_on,
        queue_place,
      ]),
    ).toEqual([
      ["tester", "queued", "message", undefined],
      ["implementer", "queued", null, 1],
    ])
  })

  test("does not wait for a host when every agent waits for a message", async () => {
    expect((await spawn(draft("Tester", { waits: true }))).agents).toHaveLength(1)
  })

  test("keeps the budgets of fleet and agents, and what a stall leads to", async () => {
    await mesh.fleets.spawn(lead, {
      agents: [draft("a", { budget: { turns: 5 } }), draft("b")],
      budget: { cost_usd: 2 },
      on_stall: "retry",
    })
    expect(await mesh.fleet()).toMatchObject({ budget: '{"cost_usd":2}', on_stall: "retry" })
    expect((await mesh.agents()).map((agent) => agent.budget)).toEqual(['{"turns":5}', null])
    await spawn(draft("c"))
    expect(await mesh.fleet("flt_2")).toMatchObject({ budget: null, on_stall: "report" })
  })

  test("refuses more agents or fleets than the limits allow, with both numbers", async () => {
    await mesh.end()
    mesh = await createMesh({ agents_per_fleet: 2, fleets_at_once: 1 })
    await expectFailure(() => spawn(draft("a"), draft("b"), draft("c")), "LIMIT_REACHED", "3", "2")
    await spawn(draft("a"), draft("b"))
    await expectFailure(() => spawn(draft("a")), "LIMIT_REACHED", "1")
    await expectFailure(
      () => mesh.fleets.attach(lead, "flt_2", draft("c")),
      "LIMIT_REACHED",
      "3",
      "2",
    )
  })

  test("is for leads: not for members, sub-sessions, or what runs inside an agent", async () => {
    await mesh.given(["a1"])
    await expectFailure(
      async () => mesh.fleets.spawn(member(await mesh.agent("a1")), { agents: [draft("x")] }),
      "NOT_ALLOWED",
    )
    await expectFailure(
      () => mesh.fleets.spawn(delegate(lead), { agents: [draft("x")] }),
      "NOT_ALLOWED",
      "spawn a fleet",
    )
    await mesh.end()
    mesh = await createMesh({}, { isInsideAgent: () => true })
    await expectFailure(() => spawn(draft("x")), "NOT_ALLOWED")
  })
})

describe("attaching", () => {
  test("adds to a running fleet, by the lead or by a member, with the lead's agent", async () => {
    await spawn(draft("a"))
    expect(await mesh.fleets.attach(lead, "flt_1", draft("a"))).toEqual({
      agent_id: "a-2-2",
      fleet_id: "flt_1",
      name: "a-2",
      role: "a",
      agent: "build",
      status: "queued",
    })
    const byMember = { ...member(await mesh.agent("a")), agent: "code-reviewer" }
    expect((await mesh.fleets.attach(byMember, "flt_1", draft("b"))).agent).toBe("build")
    await expectFailure(
      () => mesh.fleets.attach(lead, "flt_1", draft("x", { name: "a" })),
      "NAME_TAKEN",
      "a",
    )
  })

  test("reopens an ended fleet", async () => {
    await spawn(draft("a"))
    await mesh.fleets.stop(lead, "flt_1", { mode: "cancel" })
    expect(await mesh.fleet()).toMatchObject({ status: "cancelled", ended_at: mesh.now() })
    await mesh.fleets.attach(lead, "flt_1", draft("b"))
    expect(await mesh.fleet()).toMatchObject({ status: "running", ended_at: null })
    expect(await mesh.events("fleet.reopened")).toHaveLength(1)
  })

  test("to a fleet whose timeout is over gives the new agent its time", async () => {
    await mesh.fleets.spawn(lead, { agents: [draft("a")], timeout_ms: 1000 })
    mesh.clock.advance(2000)
    await mesh.fleets.stop(lead, "flt_1", { mode: "cancel" })
    await mesh.fleets.attach(lead, "flt_1", draft("b"))
    expect((await mesh.fleet()).timeout_at).toBeNull()
  })

  test("needs the own fleet, and is not for sub-sessions", async () => {
    await mesh.given(["a1"])
    await mesh.given(["b1"])
    await expectFailure(
      async () => mesh.fleets.attach(member(await mesh.agent("a1")), "flt_2", draft("x")),
      "NOT_THE_LEAD",
      "flt_1",
    )
    await expectFailure(
      () => mesh.fleets.attach(delegate(lead), "flt_1", draft("x")),
      "NOT_ALLOWED",
    )
    await expectFailure(
      () => mesh.fleets.attach(lead, "flt_404", draft("x")),
      "UNKNOWN_FLEET",
      "flt_404",
    )
  })
})

describe("stopping", () => {
  const stop = (mode: "wrap_up" | "cancel" | "kill", more = {}) =>
    mesh.fleets.stop(lead, "flt_1", { mode, ...more })

  test("ends at once who is not at work, and asks the others", async () => {
    await mesh.given(["waits", "retries", "works", "done"])
    await mesh.set("retries", { status: "interrupted" })
    await mesh.set("works", { status: "running" })
    await mesh.set("done", { status: "complete" })
    expect(await stop("cancel", { reason: "plan changed" })).toEqual({
      stopped: ["waits-1", "retries-1", "works-1"],
      already_ended: ["done-1"],
    })
    expect(await statuses()).toEqual([
      "waits cancelled",
      "retries cancelled",
      "works running",
      "done complete",
    ])
    expect(await mesh.agent("works")).toMatchObject({
      stop_mode: "cancel",
      stop_reason: "plan changed",
      stop_code: "CANCELLED",
    })
    expect(await mesh.agent("waits")).toMatchObject({
      error_code: "CANCELLED",
      error_detail: "plan changed",
    })
  })

  test("names agents by id, name or *, each once", async () => {
    await mesh.given(["a1", "a2"])
    expect((await stop("cancel", { agent_ids: ["a1", "a1-1"] })).stopped).toEqual(["a1-1"])
    expect(await stop("cancel", { agent_ids: ["*"] })).toEqual({
      stopped: ["a2-1"],
      already_ended: ["a1-1"],
    })
    await expectFailure(
      () => stop("cancel", { agent_ids: ["a1", "ghost"] }),
      "UNKNOWN_AGENT",
      "ghost",
    )
  })

  test("again says who had ended, and changes nothing", async () => {
    await mesh.given(["a1"])
    await stop("cancel", { reason: "first" })
    const before = (await mesh.events()).length
    expect(await stop("kill", { reason: "second" })).toEqual({
      stopped: [],
      already_ended: ["a1-1"],
    })
    expect((await mesh.agent("a1")).error_detail).toBe("first")
    expect(await mesh.events()).toHaveLength(before)
  })

  test("gets firmer but never softer, and the first reason stays", async () => {
    await mesh.given(["a1"])
    await mesh.set("a1", { status: "running" })
    await stop("wrap_up", { reason: "first" })
    await stop("kill", { reason: "second" })
    await stop("cancel", { reason: "third" })
    expect(await mesh.agent("a1")).toMatchObject({
      stop_mode: "kill",
      stop_reason: "first",
      stop_code: "CANCELLED",
    })
    expect((await mesh.events("agent.stop_requested")).map((event) => event["mode"])).toEqual([
      "wrap_up",
      "kill",
    ])
  })

  test("waits for the end of those at work", async () => {
    await mesh.end()
    mesh = await createMesh({ stop_patience_ms: 60_000 })
    await mesh.given(["a1"])
    await mesh.set("a1", { status: "running" })
    const stopping = stop("cancel")
    await eventually(async () => (await mesh.agent("a1")).stop_mode)
    await mesh.set("a1", { status: "cancelled" })
    expect((await stopping).stopped).toEqual(["a1-1"])
  })

  test("of the whole fleet leaves the lead with nothing to be told", async () => {
    await mesh.given(["a1", "a2"])
    await stop("cancel")
    expect(await mesh.notices()).toEqual([])
  })

  test("of one agent leaves the news of the others", async () => {
    await mesh.given(["a1", "a2", "a3"])
    await mesh.ledger.transact(async (tx) =>
      endAgent(tx, await mesh.agentIn(tx, "a1"), {
        status: "failed",
        failure: { code: "SESSION_ERROR", detail: "401" },
      }),
    )
    await stop("cancel", { agent_ids: ["a2"] })
    expect(await mesh.notices()).toEqual(['Agent "a1" of flt_1 failed: SESSION_ERROR: `401`'])
  })
})

describe("timeouts", () => {
  test("count from the call that sets them, and the last one holds", async () => {
    await mesh.given(["a1"])
    await mesh.fleets.setTimeout(lead, "flt_1", 5000)
    mesh.clock.advance(1000)
    expect(await mesh.fleets.setTimeout(lead, "flt_1", 60_000)).toEqual({
      ok: true,
      fleet_id: "flt_1",
      timeout_ms: 60_000,
    })
    expect((await mesh.fleet()).timeout_at).toBe(mesh.now() + 60_000)
  })

  test("are not set on an ended fleet, or by who does not lead it", async () => {
    await mesh.given(["a1"])
    await expectFailure(() => mesh.fleets.setTimeout(stranger, "flt_1", 1), "NOT_THE_LEAD")
    await expectFailure(() => mesh.fleets.setTimeout(delegate(lead), "flt_1", 1), "NOT_ALLOWED")
    await mesh.fleets.stop(lead, "flt_1", { mode: "cancel" })
    await expectFailure(
      () => mesh.fleets.setTimeout(lead, "flt_1", 1),
      "FLEET_ENDED",
      "flt_1",
      "cancelled",
    )
  })
})
