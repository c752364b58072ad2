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
      reads_it: "when it begins",
    })
    expect(await mesh.messages.send(lead, call)).toEqual({
      message_id: "msg_2",
      recipients: ["a2-1"],
      reads_it: "when it begins",
    })
    const { messages } = await inboxOf(mesh, await a("a2"))
    expect(messages.map((each) => each.payload)).toEqual([payload, payload])
  })

  test("any other identity is refused alike, existing or not, with and without a fleet", () =>
    mesh.unchanged(async () => {
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

describe("payloads", () => {
  test("65,536 UTF-8 bytes pass and one more does not", async () => {
    const fits = "é".repeat(32_768)
    await mesh.messages.send(await a("a1"), { to_agent_id: "a2", type: "result", payload: fits })
    await mesh.unchanged(() =>
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
    const [message] = (await inboxOf(mesh, await a("a2"))).messages
    expect(message).toMatchObject({ truncated: true, chars: fits.length })
    let read = message!.payload as string
    expect(Buffer.byteLength(read)).toBeLessThanOrEqual(4096)
    for (let offset: number | undefined = message!.next!.offset; offset !== undefined;) {
      const part = await mesh.messages.readOn(await a("a2"), message!.id, offset)
      read += part.payload
      offset = part.next_offset
    }
    expect(read).toBe(fits)
    await expectFailure(
      async () => mesh.messages.readOn(await a("a3"), message!.id, 0),
      "NOT_A_RECIPIENT",
      message!.id,
    )
    await expectFailure(
      async () => mesh.messages.readOn(await a("a2"), "msg_404", 0),
      "UNKNOWN_MESSAGE",
      "msg_404",
    )
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
    await mesh.unchanged(async () => {
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

  test("of many messages each has its place, its event and its count, as if they came one by one", async () => {
    const total = 120
    const drafts = Array.from({ length: total }, (_, at) => ({
      to_agent_id: at % 3 === 0 ? "*" : "a2",
      type: "result" as const,
      payload: `part ${at}`,
      ...(at < 10 && { correlation_id: "c1" }),
    }))
    const sent = await mesh.messages.sendMany(await a("a1"), drafts)
    const inbox = await mesh.messages.inbox(await a("a2"), { since: "0", limit: 60 })
    expect(inbox.messages.map(({ id }) => id)).toEqual(
      sent.slice(0, 60).map((each) => each.message_id),
    )
    expect(inbox.messages.map(({ payload }) => payload)).toEqual(
      drafts.slice(0, 60).map(({ payload }) => payload),
    )
    expect([inbox.cursor, inbox.remaining]).toEqual(["60", total - 60])
    const told = await mesh.events("message.sent")
    expect(told.map(({ message_id }) => message_id)).toEqual(sent.map((each) => each.message_id))
    const hops = await mesh.ledger.read((db) =>
      db.all<{ hops: number }>("SELECT hops FROM messages ORDER BY seq LIMIT 11"),
    )
    expect(hops.map((each) => each.hops)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0])
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
