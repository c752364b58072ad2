import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { inboxOf } from "../support/inbox.ts"
import { delegate, member, session } from "../support/callers.ts"
import { expectFailure } from "../support/errors.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
const lead = session("ses_lead")
const stranger = session("ses_other")

beforeEach(async () => {
  mesh = await createMesh()
  await mesh.given(["a1", "a2", "a3"])
})
afterEach(() => mesh.end())

const a = async (name: string) => member(await mesh.agent(name))
const unchanged = async (act: () => Promise<unknown>) => {
  const before = (await mesh.events()).length
  await act()
  expect(await mesh.events()).toHaveLength(before)
}

describe("who sends", () => {
  test("a member's message carries its id, whatever it calls itself", async () => {
    for (const from_agent_id of [undefined, "a1", "a1-1"])
      await mesh.messages.send(await a("a1"), {
        to_agent_id: "a2",
        type: "handoff",
        payload: "x",
        from_agent_id,
      })
    const { messages } = await inboxOf(mesh, await a("a2"))
    expect(messages.map((each) => each.from_agent_id)).toEqual(["a1-1", "a1-1", "a1-1"])
  })

  test("the lead sends as itself, and for an agent of its fleet with a note of it", async () => {
    await mesh.messages.send(lead, { to_agent_id: "a2", type: "question", payload: "own" })
    await mesh.messages.send(lead, {
      to_agent_id: "a2",
      type: "handoff",
      payload: "for a1",
      from_agent_id: "a1",
    })
    const { messages } = await inboxOf(mesh, await a("a2"))
    expect(messages.map(({ from_agent_id, via }) => [from_agent_id, via])).toEqual([
      ["lead", undefined],
      ["a1-1", "lead"],
    ])
  })

  test("the call users of the old system know works, by the agent and by the lead", async () => {
    const payload = JSON.stringify({ context: "auth is mapped", next_step: "review it" })
    const call = {
      from_agent_id: "a1",
      to_agent_id: "a2",
      fleet_id: "flt_1",
      type: "handoff" as const,
      payload,
    }
    expect(await mesh.messages.send(await a("a1"), call)).toEqual({
      message_id: "msg_1",
      recipients: ["a2-1"],
    })
    expect(await mesh.messages.send(lead, call)).toEqual({
      message_id: "msg_2",
      recipients: ["a2-1"],
    })
    const { messages } = await inboxOf(mesh, await a("a2"))
    expect(messages.map((each) => each.payload)).toEqual([payload, payload])
  })

  test("any other identity is refused alike, existing or not, with and without a fleet", () =>
    unchanged(async () => {
      for (const fleet_id of [undefined, "flt_1"])
        for (const from_agent_id of ["a2", "a2-1", "ghost", "lead"])
          await expectFailure(
            async () =>
              mesh.messages.send(await a("a1"), {
                to_agent_id: "a3",
                type: "alert",
                payload: "x",
                from_agent_id,
                fleet_id,
              }),
            "NOT_YOUR_IDENTITY",
            from_agent_id,
          )
      for (const fleet_id of [undefined, "flt_1"])
        for (const [caller, from_agent_id] of [
          [lead, "ghost"],
          [stranger, "a1"],
          [stranger, "ghost"],
          [delegate(lead), "a1"],
        ] as const)
          await expectFailure(
            () =>
              mesh.messages.send(caller, {
                to_agent_id: "a3",
                type: "alert",
                payload: "x",
                from_agent_id,
                fleet_id,
              }),
            "NOT_YOUR_IDENTITY",
            from_agent_id,
          )
    }))

  test("a wrong identity and an unknown recipient together answer for the identity", () =>
    expectFailure(
      async () =>
        mesh.messages.send(await a("a1"), {
          to_agent_id: "nobody",
          type: "alert",
          payload: "x",
          from_agent_id: "a2",
          fleet_id: "flt_9",
        }),
      "NOT_YOUR_IDENTITY",
    ))

  test("a sub-session sends as its parent, be that a member or the lead", async () => {
    await mesh.messages.send(delegate(await a("a1")), {
      to_agent_id: "a2",
      type: "result",
      payload: "by a1's sub-session",
    })
    await mesh.messages.send(delegate(lead), {
      to_agent_id: "a2",
      type: "result",
      payload: "by the lead's",
    })
    const { messages } = await inboxOf(mesh, await a("a2"))
    expect(messages.map((each) => each.from_agent_id)).toEqual(["a1-1", "lead"])
  })
})

describe("which fleet", () => {
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

describe("who receives", () => {
  test("an unknown recipient fails with the names there are", () =>
    unchanged(() =>
      expectFailure(
        async () =>
          mesh.messages.send(await a("a1"), { to_agent_id: "ghost", type: "alert", payload: "x" }),
        "UNKNOWN_AGENT",
        "ghost",
        "a1, a2, a3",
      ),
    ))

  test("a cancelled agent has ended; a complete one is reachable and woken", async () => {
    await mesh.set("a2", { status: "cancelled", stop_reason: "not needed" })
    await mesh.set("a3", { status: "complete" })
    await expectFailure(
      async () =>
        mesh.messages.send(await a("a1"), { to_agent_id: "a2", type: "alert", payload: "x" }),
      "AGENT_ENDED",
      "a2",
      "not needed",
    )
    const { message_id } = await mesh.messages.send(await a("a1"), {
      to_agent_id: "a3",
      type: "alert",
      payload: "x",
    })
    expect(await mesh.deliveries(message_id)).toEqual([
      { recipient: "a3-1", state: "accepted", wake: 1 },
    ])
  })

  test("nobody writes to itself", async () => {
    await expectFailure(
      async () =>
        mesh.messages.send(await a("a1"), { to_agent_id: "a1", type: "alert", payload: "x" }),
      "NO_RECIPIENTS",
      "a1",
    )
    await expectFailure(
      () => mesh.messages.send(lead, { to_agent_id: "lead", type: "alert", payload: "x" }),
      "NO_RECIPIENTS",
    )
    await expectFailure(
      () =>
        mesh.messages.send(lead, {
          to_agent_id: "a1",
          from_agent_id: "a1",
          type: "alert",
          payload: "x",
        }),
      "NO_RECIPIENTS",
    )
  })

  test("a broadcast reaches every other agent that is not cancelled, and wakes only who is at work", async () => {
    await mesh.set("a2", { status: "complete" })
    await mesh.set("a3", { status: "running" })
    const plain = await mesh.messages.send(await a("a1"), {
      to_agent_id: "*",
      type: "result",
      payload: "x",
    })
    expect(await mesh.deliveries(plain.message_id)).toEqual([
      { recipient: "a2-1", state: "accepted", wake: 0 },
      { recipient: "a3-1", state: "accepted", wake: 1 },
    ])
    const loud = await mesh.messages.send(await a("a1"), {
      to_agent_id: "*",
      type: "result",
      payload: "x",
      wake: true,
    })
    expect((await mesh.deliveries(loud.message_id)).map((each) => each.wake)).toEqual([1, 1])
    await mesh.set("a3", { status: "cancelled" })
    expect(
      (await mesh.messages.send(await a("a1"), { to_agent_id: "*", type: "result", payload: "x" }))
        .recipients,
    ).toEqual(["a2-1"])
  })

  test("alerts and calls for help of a member reach the lead too", async () => {
    for (const type of ["alert", "request_help"] as const)
      expect(
        (await mesh.messages.send(await a("a1"), { to_agent_id: "*", type, payload: "x" }))
          .recipients,
      ).toEqual(["a2-1", "a3-1", "lead"])
    expect(
      (await mesh.messages.send(lead, { to_agent_id: "*", type: "alert", payload: "x" }))
        .recipients,
    ).toEqual(["a1-1", "a2-1", "a3-1"])
  })

  test("a broadcast that nobody would hear is an error", async () => {
    for (const name of ["a2", "a3"]) await mesh.set(name, { status: "cancelled" })
    await expectFailure(
      async () =>
        mesh.messages.send(await a("a1"), { to_agent_id: "*", type: "handoff", payload: "x" }),
      "NO_RECIPIENTS",
      "flt_1",
    )
  })

  test("an agent attached later does not get an earlier broadcast", async () => {
    await mesh.messages.send(await a("a1"), { to_agent_id: "*", type: "result", payload: "x" })
    await mesh.fleets.attach(lead, "flt_1", { role: "late", prompt: "join" })
    expect((await inboxOf(mesh, await a("late"))).messages).toEqual([])
  })
})

describe("payloads", () => {
  test("65,536 UTF-8 bytes pass and one more does not", async () => {
    const fits = "é".repeat(32_768)
    await mesh.messages.send(await a("a1"), { to_agent_id: "a2", type: "result", payload: fits })
    await unchanged(() =>
      expectFailure(
        async () =>
          mesh.messages.send(await a("a1"), {
            to_agent_id: "a2",
            type: "result",
            payload: `${fits}x`,
          }),
        "PAYLOAD_TOO_LARGE",
        "65537",
        "65536",
      ),
    )
    expect((await inboxOf(mesh, await a("a2"))).messages[0]?.payload).toBe(fits)
  })

  test("an object stays an object, a JSON text stays a text", async () => {
    await mesh.messages.send(await a("a1"), {
      to_agent_id: "a2",
      type: "result",
      payload: { files: ["a.ts"], nothing: null },
    })
    await mesh.messages.send(await a("a1"), {
      to_agent_id: "a2",
      type: "result",
      payload: '{"files":[]}',
    })
    expect((await inboxOf(mesh, await a("a2"))).messages.map((each) => each.payload)).toEqual([
      { files: ["a.ts"], nothing: null },
      '{"files":[]}',
    ])
  })

  test("of many messages all are sent or none", async () => {
    const good = { to_agent_id: "a2", type: "result" as const, payload: "x" }
    await unchanged(async () => {
      await expectFailure(
        async () =>
          mesh.messages.sendMany(await a("a1"), [good, { ...good, to_agent_id: "ghost" }]),
        "UNKNOWN_AGENT",
      )
      await expectFailure(
        async () =>
          mesh.messages.sendMany(await a("a1"), [good, { ...good, payload: "x".repeat(65_537) }]),
        "PAYLOAD_TOO_LARGE",
      )
    })
    const sent = await mesh.messages.sendMany(await a("a1"), [good, { ...good, to_agent_id: "a3" }])
    expect(sent.map((each) => each.recipients)).toEqual([["a2-1"], ["a3-1"]])
  })

  test("a message, its deliveries and its event come together", async () => {
    await mesh.messages.send(await a("a1"), {
      to_agent_id: "a2",
      type: "handoff",
      payload: "x",
      correlation_id: "c1",
    })
    expect(await mesh.events("message.sent")).toEqual([
      {
        event: "message.sent",
        agent: "a1-1",
        message_id: "msg_1",
        type: "handoff",
        to: ["a2-1"],
        correlation_id: "c1",
      },
    ])
  })
})
