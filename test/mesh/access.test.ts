import { fleetMeant, requireAgent } from "../../plugin/mesh/access.ts"
import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { mapInOrder } from "../../plugin/mesh/model/in-order.ts"
import { delegate, member, session } from "./support/callers.ts"
import { draft } from "./support/draft.ts"
import { expectFailure } from "./support/errors.ts"
import { createMesh, type Mesh } from "./support/mesh.ts"

let mesh: Mesh
const lead = session("ses_lead")
const stranger = session("ses_other")

beforeEach(async () => {
  mesh = await createMesh()
})
afterEach(() => mesh.end())

const a = async (name: string) => member(await mesh.agent(name))

describe("which fleet", () => {
  beforeEach(async () => void (await mesh.given(["a1", "a2", "a3"])))

  test("a session without a fleet is told to spawn one", () =>
    expectFailure(
      () => mesh.messages.send(stranger, { to_agent_id: "a1", type: "alert", payload: "x" }),
      "NO_FLEET",
    ))

  test("a session with two fitting fleets has to name one", async () => {
    await mesh.given(["a1", "b1"])
    await expectFailure(
      () => mesh.messages.send(lead, { to_agent_id: "a1", type: "alert", payload: "x" }),
      "NO_FLEET",
      "flt_1",
      "flt_2",
    )
    expect(
      (await mesh.messages.send(lead, { to_agent_id: "b1", type: "alert", payload: "x" }))
        .recipients,
    ).toEqual(["b1-2"])
    expect(
      (
        await mesh.messages.send(lead, {
          to_agent_id: "a1",
          fleet_id: "flt_2",
          type: "alert",
          payload: "x",
        })
      ).recipients,
    ).toEqual(["a1-2"])
  })

  test("a fleet of another project does not exist", async () => {
    const other = session("ses_elsewhere", { project: "/bank/.git" })
    for (const fleet_id of ["flt_1", "flt_404"])
      await expectFailure(
        () =>
          mesh.messages.send(other, { to_agent_id: "a1", fleet_id, type: "alert", payload: "x" }),
        "UNKNOWN_FLEET",
        fleet_id,
      )
  })

  test("a member stays in its own fleet", async () => {
    await mesh.given(["b1"])
    await expectFailure(
      async () =>
        mesh.messages.send(await a("a1"), {
          to_agent_id: "b1",
          fleet_id: "flt_2",
          type: "alert",
          payload: "x",
        }),
      "NOT_ALLOWED",
      "flt_1",
      "flt_2",
    )
  })

  test("another session may not send as lead while the lead's is open, and adopts the fleet once it is not", async () => {
    const send = () =>
      mesh.messages.send(stranger, {
        to_agent_id: "a1",
        fleet_id: "flt_1",
        type: "question",
        payload: "x",
      })
    await expectFailure(send, "NOT_THE_LEAD", "flt_1")
    mesh.dead.add(100)
    expect((await send()).recipients).toEqual(["a1-1"])
    expect((await mesh.fleet()).lead_session).toBe("ses_other")
    expect(await mesh.events("fleet.adopted")).toMatchObject([
      { from: "ses_lead", by: "ses_other" },
    ])
  })
})

describe("adoption", () => {
  const attach = () => mesh.fleets.attach(stranger, "flt_1", { role: "late", prompt: "do late" })

  test("waits until nobody alive owns the lead's session", async () => {
    await mesh.given(["a1"])
    await expectFailure(attach, "NOT_THE_LEAD", "flt_1")
    expect((await mesh.fleet()).lead_session).toBe("ses_lead")
    mesh.dead.add(100)
    await attach()
    expect((await mesh.fleet()).lead_session).toBe("ses_other")
  })

  test("brings parked mail, and what the old lead's model never saw, to the new lead", async () => {
    await mesh.given(["a1"])
    for (const state of ["parked", "injected", "seen"]) {
      const sent = await mesh.messages.send(member(await mesh.agent("a1")), {
        to_agent_id: "lead",
        type: "alert",
        payload: state,
      })
      await mesh.ledger.transact((tx) =>
        tx.run(
          "UPDATE deliveries SET state = ? WHERE message_seq = (SELECT seq FROM messages WHERE id = ?)",
          state,
          sent.message_id,
        ),
      )
    }
    mesh.dead.add(100)
    await attach()
    expect(
      await mapInOrder(
        ["msg_1", "msg_2", "msg_3"],
        async (id) => (await mesh.deliveries(id))[0]?.state,
      ),
    ).toEqual(["accepted", "accepted", "seen"])
  })

  test("has one winner, and the others meet a living lead", async () => {
    await mesh.given(["a1"])
    mesh.dead.add(100)
    await attach()
    await mesh.ledger.transact((tx) =>
      tx.run(
        "INSERT INTO sessions (id, project, agent_id, pid, process_start, updated_at) VALUES ('ses_other', '/shop/.git', NULL, 200, '1', 0)",
      ),
    )
    await expectFailure(
      () => mesh.fleets.stop(session("ses_third"), "flt_1", { mode: "cancel" }),
      "NOT_THE_LEAD",
    )
    expect(await mesh.events("fleet.adopted")).toHaveLength(1)
  })

  test("is not for members, sub-sessions or other projects", async () => {
    await mesh.given(["a1"])
    mesh.dead.add(100)
    await expectFailure(
      async () => mesh.fleets.stop(member(await mesh.agent("a1")), "flt_1", { mode: "cancel" }),
      "NOT_THE_LEAD",
    )
    await expectFailure(
      () => mesh.fleets.stop(delegate(stranger), "flt_1", { mode: "cancel" }),
      "NOT_ALLOWED",
    )
    await expectFailure(
      () =>
        mesh.fleets.stop(session("ses_x", { project: "/bank/.git" }), "flt_1", { mode: "cancel" }),
      "UNKNOWN_FLEET",
    )
    expect((await mesh.fleet()).lead_session).toBe("ses_lead")
  })
})

describe("names", () => {
  beforeEach(async () => {
    await mesh.given(["implementer", "tester", "second-tester"])
    await mesh.set("implementer", {
      role: "Change the parser",
      agent: "minimal-change-engineer",
      also_called: '["surgeon","Minimal Change Engineer"]',
    })
    for (const name of ["tester", "second-tester"])
      await mesh.set(name, { role: "Tests", agent: "unit-test-writer", also_called: "[]" })
  })

  const called = async (name: string) =>
    (await mesh.ledger.read((db) => requireAgent(db, "flt_1", name))).name

  describe("an agent is found", () => {
    test.each([
      ["implementer-1", "implementer"],
      ["implementer", "implementer"],
      ["Implementer", "implementer"],
      ["minimal-change-engineer", "implementer"],
      ["minimal_change_engineer", "implementer"],
      ["Minimal Change Engineer", "implementer"],
      ["surgeon", "implementer"],
      ["change the parser", "implementer"],
      ["second tester", "second-tester"],
    ])("as %p", async (name, found) => {
      expect(await called(name)).toBe(found)
    })

    test("under its own name, also where that is another one's specialist", async () => {
      await mesh.set("tester", { name: "minimal-change-engineer" })
      expect(await called("minimal-change-engineer")).toBe("minimal-change-engineer")
    })

    test("by none of several who fit: they are named", async () => {
      for (const name of ["unit-test-writer", "Tests"])
        await expectFailure(
          () => called(name),
          "UNKNOWN_AGENT",
          name,
          "tester (unit-test-writer), second-tester (unit-test-writer)",
        )
    })

    test("by no name that nobody has: who is there is named", () =>
      expectFailure(
        () => called("code-reviewer"),
        "UNKNOWN_AGENT",
        "code-reviewer",
        "implementer (minimal-change-engineer)",
      ))
  })

  describe("a fleet that is not named", () => {
    const meant = async (names: string[] = []) =>
      (await mesh.ledger.read((db) => fleetMeant(db, lead, undefined, names))).id

    test("is the only one, then the only running one", async () => {
      expect(await meant()).toBe("flt_1")
      await mesh.given(["other"])
      await expectFailure(() => meant(), "NO_FLEET", "flt_1, flt_2")
      await mesh.ledger.transact((tx) =>
        tx.run("UPDATE fleets SET status = 'complete' WHERE id = 'flt_1'"),
      )
      expect(await meant()).toBe("flt_2")
    })

    test("is the one that has those agents, whatever they are called by", async () => {
      await mesh.given(["other"])
      expect(await meant(["surgeon"])).toBe("flt_1")
      expect(await meant(["other"])).toBe("flt_2")
      await expectFailure(() => meant(["nobody"]), "UNKNOWN_AGENT", "nobody")
    })
  })
})

describe("what the lead may", () => {
  const rule = (permission: string) => ({ permission, pattern: "*", action: "deny" as const })
  const may = (sessionId: string, permission: string) =>
    session(sessionId, { rights: { rules: [rule(permission)], ask: async () => undefined } })
  const rulesOf = async () => JSON.parse((await mesh.fleet()).lead_rules) as unknown
  const boundsOfAgents = () =>
    mesh.ledger.read((db) =>
      db.all<{ rules: string }>("SELECT rules FROM bounds ORDER BY agent_id"),
    )
  const tell = (caller: ReturnType<typeof session>) =>
    mesh.messages.send(caller, {
      to_agent_id: "a1",
      fleet_id: "flt_1",
      type: "alert",
      payload: "x",
    })

  test("when it spawns and when it attaches is kept with each agent", async () => {
    await mesh.fleets.spawn(may("ses_lead", "bash"), { agents: [draft("a1")] })
    await mesh.fleets.attach(may("ses_lead", "edit"), "flt_1", draft("b1"))
    expect((await boundsOfAgents()).map(({ rules }) => JSON.parse(rules))).toEqual([
      [rule("bash")],
      [rule("edit")],
    ])
    expect(await rulesOf()).toEqual([rule("edit")])
  })

  test("an agent that attaches another passes on its own, and the lead's stay", async () => {
    await mesh.fleets.spawn(may("ses_lead", "bash"), { agents: [draft("a1")] })
    const { rights } = may("ses_a1", "webfetch")
    await mesh.fleets.attach({ ...(await a("a1")), rights }, "flt_1", draft("b1"))
    expect((await boundsOfAgents()).map(({ rules }) => JSON.parse(rules))).toEqual([
      [rule("bash")],
      [rule("webfetch")],
    ])
    expect(await rulesOf()).toEqual([rule("bash")])
  })

  test("is noted with each of its acts, and told once", async () => {
    await mesh.given(["a1"])
    await tell(may("ses_lead", "edit"))
    await tell(may("ses_lead", "edit"))
    expect(await rulesOf()).toEqual([rule("edit")])
    await mesh.fleets.stop(may("ses_lead", "bash"), "flt_1", { mode: "cancel" })
    expect(await rulesOf()).toEqual([rule("bash")])
    expect(await mesh.events("fleet.bound")).toHaveLength(2)
  })

  test("binds the fleet it adopts, already for the message that adopts it", async () => {
    await mesh.given(["a1"])
    mesh.dead.add(100)
    await tell(may("ses_other", "edit"))
    expect((await mesh.fleet()).lead_session).toBe("ses_other")
    expect(await rulesOf()).toEqual([rule("edit")])
  })

  test("a person in a terminal bounds nobody", async () => {
    const person = session("human:1", { human: true })
    await mesh.fleets.spawn(person, { agents: [draft("a1")] })
    await mesh.fleets.attach(person, "flt_1", draft("b1"))
    expect([await rulesOf(), await boundsOfAgents()]).toEqual([[], []])
  })
})

describe("who may only read", () => {
  const reader = session("", { delegated: true, readsOnly: "It is somebody else's session." })
  beforeEach(async () => void (await mesh.given(["a1"])))

  test("sees fleets and their results", async () => {
    expect((await mesh.fleets.list(reader, { limit: 5 })).fleets).toMatchObject([
      { fleet_id: "flt_1", lead: false },
    ])
    expect((await mesh.results.collect(reader, "flt_1", undefined)).results).toHaveLength(1)
  })

  test("is told why it may do nothing else", async () => {
    mesh.dead.add(100)
    const acts = [
      () => mesh.fleets.spawn(reader, { agents: [draft("b")] }),
      () => mesh.fleets.attach(reader, "flt_1", draft("b")),
      () => mesh.fleets.stop(reader, "flt_1", { mode: "cancel" }),
      () => mesh.fleets.setTimeout(reader, "flt_1", 1000),
      () => mesh.messages.acknowledge(reader, "msg_1"),
      () =>
        mesh.messages.send(reader, {
          to_agent_id: "a1",
          fleet_id: "flt_1",
          type: "alert",
          payload: "x",
        }),
    ]
    await mesh.unchanged(async () => {
      for (const act of acts)
        await expectFailure(act, "NOT_ALLOWED", "It is somebody else's session.")
    })
    expect((await mesh.fleet()).lead_session).toBe("ses_lead")
  })
})
