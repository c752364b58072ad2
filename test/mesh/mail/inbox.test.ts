import { eventually } from "../../support/eventually.ts"
import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { notifyLead } from "../../../plugin/mesh/mail/notices.ts"
import { delegate, member, session } from "../support/callers.ts"
import { expectFailure } from "../support/errors.ts"
import { inboxOf } from "../support/inbox.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
const lead = session("ses_lead")

beforeEach(async () => {
  mesh = await createMesh()
  await mesh.given(["a1", "a2", "a3"])
})
afterEach(() => mesh.end())

const a = async (name: string) => member(await mesh.agent(name))
const send = async (to: string, payload: string, from = "a1") =>
  mesh.messages.send(await a(from), { to_agent_id: to, type: "result", payload })
const payloads = (page: { messages: { payload: unknown }[] }) =>
  page.messages.map((each) => each.payload)
const setState = (messageId: string, state: string) =>
  mesh.ledger.transact((tx) =>
    tx.run(
      "UPDATE deliveries SET state = ? WHERE message_seq = (SELECT seq FROM messages WHERE id = ?)",
      state,
      messageId,
    ),
  )

describe("pages", () => {
  test("come oldest first, tell what remains, and go on by their cursor", async () => {
    for (const text of ["1", "2", "3", "4", "5"]) await send("a2", text)
    const first = await inboxOf(mesh, await a("a2"), { limit: 2 })
    expect([payloads(first), first.remaining]).toEqual([["1", "2"], 3])
    const second = await inboxOf(mesh, await a("a2"), { limit: 2, since: first.cursor })
    expect([payloads(second), second.remaining]).toEqual([["3", "4"], 1])
    const third = await inboxOf(mesh, await a("a2"), { limit: 2, since: second.cursor })
    expect([payloads(third), third.remaining]).toEqual([["5"], 0])
    const end = await inboxOf(mesh, await a("a2"), { limit: 2, since: third.cursor })
    expect([payloads(end), end.remaining, end.cursor]).toEqual([[], 0, third.cursor])
  })

  test("without a cursor hold what is unacknowledged, with one everything after it", async () => {
    const first = await send("a2", "1")
    await send("a2", "2")
    await mesh.messages.acknowledge(await a("a2"), first.message_id)
    expect(payloads(await inboxOf(mesh, await a("a2")))).toEqual(["2"])
    expect(payloads(await inboxOf(mesh, await a("a2"), { since: "0" }))).toEqual(["1", "2"])
  })

  test("the cursor of an empty page leads to what comes next, not to what was long handled", async () => {
    const { message_id } = await send("a2", "old")
    await mesh.messages.acknowledge(await a("a2"), message_id)
    const empty = await inboxOf(mesh, await a("a2"))
    await send("a2", "new")
    expect(payloads(await inboxOf(mesh, await a("a2"), { since: empty.cursor }))).toEqual(["new"])
  })

  test("large messages are spread over pages rather than cut off", async () => {
    for (const letter of "abcdefghijkl") await send("a2", letter.repeat(20_000))
    const first = await inboxOf(mesh, await a("a2"))
    expect([first.messages.length, first.remaining]).toEqual([8, 4])
    expect(JSON.stringify(first).length).toBeLessThan(40_000)
    const second = await inboxOf(mesh, await a("a2"), { since: first.cursor })
    expect([String(second.messages[0]?.payload)[0], second.remaining]).toEqual(["i", 0])
  })

  test("a cursor that is none is an error that shows it", () =>
    expectFailure(
      async () => inboxOf(mesh, await a("a2"), { since: "yesterday" }),
      "INVALID_ARGUMENT",
      "since",
      "yesterday",
    ))

  test("a message shows who, what, when and whether everybody acknowledged it", async () => {
    await mesh.messages.send(await a("a1"), {
      to_agent_id: "*",
      type: "alert",
      payload: "fire",
      correlation_id: "c1",
    })
    expect((await inboxOf(mesh, await a("a2"))).messages).toEqual([
      {
        id: "msg_1",
        from_agent_id: "a1-1",
        to_agent_id: "*",
        fleet_id: "flt_1",
        type: "alert",
        payload: "fire",
        correlation_id: "c1",
        timestamp: "2026-01-01T00:00:00.000Z",
        acknowledged: false,
        recipients: ["a2-1", "a3-1", "lead"],
      },
    ])
  })
})

describe("whose inbox", () => {
  test("a member reads its own, the lead that of its fleets or of one of their agents", async () => {
    await send("a2", "for a2")
    await send("lead", "for the lead")
    expect(payloads(await inboxOf(mesh, await a("a2"), { agent_id: "a2" }))).toEqual(["for a2"])
    expect(payloads(await inboxOf(mesh, lead))).toEqual(["for the lead"])
    expect(payloads(await inboxOf(mesh, lead, { agent_id: "a2" }))).toEqual(["for a2"])
  })

  test("nobody reads another's, existing or not", async () => {
    for (const agent_id of ["a2", "a2-1", "lead", "ghost"])
      await expectFailure(
        async () => inboxOf(mesh, await a("a1"), { agent_id }),
        "NOT_YOUR_IDENTITY",
        agent_id,
      )
    for (const agent_id of ["a2", "ghost"])
      await expectFailure(
        () => inboxOf(mesh, session("ses_other"), { agent_id }),
        "NOT_YOUR_IDENTITY",
        agent_id,
      )
  })

  test("a session without a fleet has an empty inbox", async () => {
    expect(await inboxOf(mesh, session("ses_other"))).toEqual({
      messages: [],
      cursor: "0",
      remaining: 0,
    })
  })
})

describe("reading", () => {
  test("one's own mail delivers it; a look into a member's does not", async () => {
    const { message_id } = await send("a2", "x")
    await inboxOf(mesh, lead, { agent_id: "a2" })
    expect((await mesh.deliveries(message_id))[0]?.state).toBe("accepted")
    await inboxOf(mesh, await a("a2"))
    expect((await mesh.deliveries(message_id))[0]?.state).toBe("seen")
  })

  test("by a sub-session does not keep the mail from its parent", async () => {
    const { message_id } = await send("a2", "x")
    expect(payloads(await inboxOf(mesh, delegate(await a("a2"))))).toEqual(["x"])
    expect((await mesh.deliveries(message_id))[0]?.state).toBe("accepted")
  })

  test("leaves out what is on its way into the context by itself, and says so", async () => {
    await send("a2", "in the session")
    await setState("msg_1", "injected")
    await send("a2", "being put there")
    mesh.inFlight.add("a2-1#2")
    expect(await inboxOf(mesh, await a("a2"))).toMatchObject({ messages: [], arriving: 2 })
    expect(payloads(await inboxOf(mesh, lead, { agent_id: "a2" }))).toEqual([
      "in the session",
      "being put there",
    ])
    await setState("msg_1", "seen")
    expect(payloads(await inboxOf(mesh, await a("a2")))).toEqual(["in the session"])
  })

  test("keeps the mail it hands out from entering the session meanwhile, and only so long", async () => {
    const waiting = inboxOf(mesh, await a("a2"), { wait_seconds: 60 })
    await eventually(() => mesh.held.get("a2-1"))
    await send("a2", "x")
    expect(payloads(await waiting)).toEqual(["x"])
    expect(mesh.held.get("a2-1")).toBe(0)
  })

  test("with a wait marks the agent as blocked on a message until one comes", async () => {
    await mesh.set("a2", { status: "running" })
    const blocked = async () =>
      (await mesh.results.status(lead, "flt_1")).agents.map(({ blocked_on }) => blocked_on)
    const waiting = inboxOf(mesh, await a("a2"), { wait_seconds: 60 })
    await mesh.changes.until(async () => (await mesh.agent("a2")).awaits_mail_at ?? undefined, {
      timeoutMs: 5000,
    })
    expect(await blocked()).toContain("message")
    await send("a2", "x")
    await waiting
    expect(await blocked()).not.toContain("message")
  })

  test("by an attempt that is over takes no mail from the one after it", async () => {
    await mesh.set("a2", { status: "running", attempts: 1 })
    const waiting = inboxOf(mesh, await a("a2"), { wait_seconds: 60 })
    await eventually(async () => (await mesh.agent("a2")).awaits_mail_at)
    await mesh.set("a2", { attempts: 2 })
    const { message_id } = await send("a2", "x")
    await expect(waiting).rejects.toThrow("this attempt of the agent is over")
    expect((await mesh.deliveries(message_id))[0]?.state).toBe("accepted")
  })

  test("by a sub-session that waits leaves its agent at work", async () => {
    await mesh.set("a2", { status: "running" })
    await inboxOf(mesh, delegate(await a("a2")), { wait_seconds: 0.01 })
    expect((await mesh.agent("a2")).awaits_mail_at).toBeNull()
  })
})

describe("waiting", () => {
  test("ends with the first message", async () => {
    const waiting = inboxOf(mesh, await a("a2"), { wait_seconds: 600 })
    await send("a2", "here")
    expect(payloads(await waiting)).toEqual(["here"])
  })

  test("ends when the call is aborted, with an empty page", async () => {
    const abort = new AbortController()
    const waiting = mesh.messages.inbox(
      await a("a2"),
      { limit: 20, wait_seconds: 600 },
      abort.signal,
    )
    abort.abort()
    expect(await waiting).toEqual({ messages: [], cursor: "0", remaining: 0 })
  })

  test("ends after its time", async () => {
    expect((await inboxOf(mesh, await a("a2"), { wait_seconds: 0.03 })).messages).toEqual([])
  })

  test("is not held up by what waits already", async () => {
    await send("a2", "x")
    expect(payloads(await inboxOf(mesh, await a("a2"), { wait_seconds: 600 }))).toEqual(["x"])
  })
})

describe("acknowledging", () => {
  test("is for each recipient by itself, and complete when all have", async () => {
    const { message_id } = await mesh.messages.send(await a("a1"), {
      to_agent_id: "*",
      type: "result",
      payload: "x",
    })
    const isAcknowledged = async () =>
      (await inboxOf(mesh, lead, { agent_id: "a3", since: "0" })).messages[0]?.acknowledged
    await mesh.messages.acknowledge(await a("a2"), message_id)
    expect(await isAcknowledged()).toBe(false)
    await mesh.messages.acknowledge(await a("a3"), message_id)
    expect(await isAcknowledged()).toBe(true)
  })

  test("twice is the same as once", async () => {
    const { message_id } = await send("a2", "x")
    await send("a2", "y")
    for (const _ of [1, 2, 3])
      expect(await mesh.messages.acknowledge(await a("a2"), message_id)).toEqual({ ok: true })
    expect(await mesh.events("message.acked")).toHaveLength(1)
    expect(await inboxOf(mesh, await a("a2"))).toMatchObject({
      messages: [{ payload: "y" }],
      remaining: 0,
    })
  })

  test("is for recipients, and the lead may do it for its agents", async () => {
    const { message_id } = await send("a2", "x")
    await expectFailure(
      async () => mesh.messages.acknowledge(await a("a3"), message_id),
      "NOT_A_RECIPIENT",
      message_id,
      "a3",
    )
    await expectFailure(
      async () => mesh.messages.acknowledge(await a("a1"), message_id),
      "NOT_A_RECIPIENT",
      message_id,
    )
    await expectFailure(
      () => mesh.messages.acknowledge(lead, message_id),
      "NOT_A_RECIPIENT",
      message_id,
    )
    await expectFailure(
      () => mesh.messages.acknowledge(session("ses_other"), message_id),
      "NOT_A_RECIPIENT",
      message_id,
    )
    await expectFailure(
      async () => mesh.messages.acknowledge(await a("a3"), message_id, "a2"),
      "NOT_YOUR_IDENTITY",
      "a2",
    )
    expect(await mesh.messages.acknowledge(lead, message_id, "a2")).toEqual({ ok: true })
  })

  test("an unknown message and one of another project are alike", async () => {
    const { message_id } = await send("a2", "x")
    await expectFailure(
      async () => mesh.messages.acknowledge(await a("a2"), "msg_404"),
      "UNKNOWN_MESSAGE",
      "msg_404",
    )
    await expectFailure(
      () => mesh.messages.acknowledge(session("ses_x", { project: "/bank/.git" }), message_id),
      "UNKNOWN_MESSAGE",
      message_id,
    )
  })

  test("is not for sub-sessions", async () => {
    const { message_id } = await send("a2", "x")
    await expectFailure(
      async () => mesh.messages.acknowledge(delegate(await a("a2")), message_id),
      "NOT_ALLOWED",
    )
  })

  test("a notice of ours leaves the count of the lead's mail as it is", async () => {
    await mesh.ledger.transact((tx) => notifyLead(tx, "flt_1", "news"))
    await send("lead", "1")
    await send("lead", "2")
    await mesh.messages.acknowledge(lead, "msg_1")
    expect(await inboxOf(mesh, lead, { limit: 1 })).toMatchObject({
      messages: [{ payload: "1" }],
      remaining: 1,
    })
  })
})
