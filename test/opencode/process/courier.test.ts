import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { endAgent } from "../../../plugin/mesh/lifecycle/outcome.ts"
import { reopenAgent } from "../../../plugin/mesh/lifecycle/wake.ts"
import { notifyLead } from "../../../plugin/mesh/mail/notices.ts"
import { withdrawNotices } from "../../../plugin/mesh/ledger/tables/messages.ts"
import { createCourier } from "../../../plugin/opencode/process/courier.ts"
import type { Replacement, StoredMessage } from "../../../plugin/opencode/runtime/messages.ts"
import { member, session } from "../../mesh/support/callers.ts"
import { inboxOf } from "../../mesh/support/inbox.ts"
import { createMesh, type Mesh } from "../../mesh/support/mesh.ts"
import { createFakeSessions, type FakeSessions } from "../support/fake-sessions.ts"

let mesh: Mesh
let sessions: FakeSessions
const make = () =>
  createCourier({
    ledger: mesh.ledger,
    sessions,
    exchanges: mesh.exchanges,
    now: mesh.now,
    onError: (error) => void mesh.errors.push(error),
  })
let courier: ReturnType<typeof make>
const mailbox = {
  recipient: "a2-1",
  sessionId: "ses_1",
  directory: "/shop",
  agent: "build",
  model: "fake/m1",
}

beforeEach(async () => {
  mesh = await createMesh()
  await mesh.given(["a1", "a2"])
  sessions = createFakeSessions()
  await sessions.create({ directory: "/shop", title: "a2", parentId: undefined, rules: [] })
  courier = make()
})
afterEach(async () => {
  await mesh.end()
  expect(mesh.errors).toEqual([])
})

const send = async (payload: string, to = "a2") =>
  mesh.messages.send(member(await mesh.agent("a1")), { to_agent_id: to, type: "handoff", payload })
const state = async (id: string) => (await mesh.deliveries(id)).map((each) => each.state).join()
/** What the model reads. */
const texts = (messages: StoredMessage[], replacements: readonly Replacement[]) =>
  messages.flatMap(({ parts }, message) =>
    parts.map((part, index) => {
      const other = replacements.find((each) => each.message === message && each.part === index)
      return other?.text ?? (part.type === "text" ? part.text : "")
    }),
  )
const request = () => sessions.messages("ses_1", "/shop", 100)

describe("delivering", () => {
  test("puts all that waits into one prompt, with the ids to know it again by", async () => {
    await send("one")
    await send("two")
    expect((await courier.deliver(mailbox)).length).toBe(2)
    expect(sessions.prompts).toEqual([
      {
        sessionId: "ses_1",
        directory: "/shop",
        agent: "build",
        model: "fake/m1",
        synthetic: true,
        delivered: ["msg_1", "msg_2"],
        text: "[meshfleet] handoff from a1, msg_1:\n> one\n\n[meshfleet] handoff from a1, msg_2:\n> two",
      },
    ])
    expect([await state("msg_1"), await state("msg_2")]).toEqual(["injected", "injected"])
    expect((await courier.deliver(mailbox)).length).toBe(0)
  })

  test("twice at the same time puts a message in once", async () => {
    await send("one")
    const both = await Promise.all([courier.deliver(mailbox), courier.deliver(mailbox)])
    expect(both.map((mail) => mail.length)).toEqual([1, 0])
    expect(sessions.prompts).toHaveLength(1)
  })

  test("that fails leaves the mail for the next time", async () => {
    await send("one")
    sessions.failPrompts(new Error("/prompt_async: 500"))
    await expect(courier.deliver(mailbox)).rejects.toThrow("500")
    expect([
      await state("msg_1"),
      await mesh.ledger.read((db) => courier.hasMail(db, "a2-1")),
    ]).toEqual(["accepted", true])
    expect((await courier.deliver(mailbox)).length).toBe(1)
  })

  test("takes 50 messages or 120,000 characters at a time", async () => {
    for (let count = 0; count < 51; count++) await send("x")
    expect([
      (await courier.deliver(mailbox)).length,
      (await courier.deliver(mailbox)).length,
    ]).toEqual([50, 1])
    for (let count = 0; count < 3; count++) await send("x".repeat(50_000))
    expect([
      (await courier.deliver(mailbox)).length,
      (await courier.deliver(mailbox)).length,
    ]).toEqual([2, 1])
  })

  test("waits for whoever reads the inbox at this moment", async () => {
    const releases = [courier.hold(["a2-1"]), courier.hold(["a2-1"])]
    await send("one")
    for (const release of releases) {
      expect([
        (await courier.deliver(mailbox)).length,
        await mesh.ledger.read((db) => courier.hasMail(db, "a2-1")),
      ]).toEqual([0, false])
      release()
    }
    expect((await courier.deliver(mailbox)).length).toBe(1)
  })

  test("of a notice goes on while its lead reads the inbox, whose wait it ends", async () => {
    const lead = session("ses_lead")
    const waiting = mesh.messages.inbox(lead, { limit: 20, wait_seconds: 60 })
    const release = courier.hold(["lead:flt_1"])
    await send("an answer", "lead")
    await mesh.ledger.transact((tx) =>
      notifyLead(tx, "flt_1", "a2 asks for a permission", "request"),
    )
    const delivered = await courier.deliver({ ...mailbox, recipient: "lead:flt_1" })
    expect(delivered.map(({ payload }) => payload)).toEqual(["a2 asks for a permission"])
    release()
    expect((await waiting).messages.map(({ payload }) => payload)).toEqual(["an answer"])

    const next = mesh.messages.inbox(lead, { since: "1", limit: 20, wait_seconds: 60 })
    expect(await next).toMatchObject({
      messages: [],
      note: "There is news for you: it follows this answer.",
    })
  })

  test("leaves out what the caller holds back", async () => {
    await send("one")
    await send("two")
    expect((await courier.deliver(mailbox, (message) => message.payload === "one")).length).toBe(1)
    expect(await state("msg_1")).toBe("accepted")
  })

  test("keeps mail on its way out of the inbox answer", async () => {
    await send("one")
    const { prompt } = sessions
    let isInFlight = false
    sessions.prompt = (each) => {
      isInFlight = courier.isInFlight("a2-1", 1)
      return prompt(each)
    }
    await courier.deliver(mailbox)
    expect(isInFlight).toBe(true)
    expect(courier.isInFlight("a2-1", 1)).toBe(false)
    expect((await inboxOf(mesh, member(await mesh.agent("a2")))).messages).toEqual([])
  })
})

describe("a crash between storing and noting", () => {
  test("is repaired from the session's store", async () => {
    await send("one")
    await sessions.prompt({ ...mailbox, text: "one", delivered: ["msg_1"] })
    const after = make()
    await after.reconcile("a2-1", new Set(["msg_1"]))
    expect([await state("msg_1"), await after.deliver(mailbox)]).toEqual(["injected", []])
  })

  test("never shows a message twice, whole or in a batch with others", async () => {
    await send("one")
    await sessions.prompt({
      ...mailbox,
      text: "[meshfleet] handoff from a1, msg_1:\n> one",
      delivered: ["msg_1"],
    })
    await send("two")
    await make().deliver(mailbox)
    await sessions.prompt({ ...mailbox, text: "both again", delivered: ["msg_1", "msg_2"] })
    const messages = await request()
    const replacements = await courier.observe(messages, ["a2-1"])
    await courier.settle()
    expect(texts(messages, replacements)).toEqual([
      "[meshfleet] handoff from a1, msg_1:\n> one",
      "[meshfleet] handoff from a1, msg_2:\n> two",
      "[meshfleet] (a message above, delivered again)",
    ])
  })
})

describe("observing a request", () => {
  test("marks what is in it as seen, once", async () => {
    await send("one")
    await courier.deliver(mailbox)
    for (const _ of [1, 2]) await courier.observe(await request(), ["a2-1"])
    await courier.settle()
    expect(await state("msg_1")).toBe("seen")
    expect(await mesh.events("message.seen")).toEqual([
      { event: "message.seen", agent: "a2-1", message_id: "msg_1", by: "request" },
    ])
  })

  test("marks a broadcast for its reader only", async () => {
    await mesh.messages.send(member(await mesh.agent("a1")), {
      to_agent_id: "*",
      type: "alert",
      payload: "x",
    })
    await courier.deliver(mailbox)
    await courier.observe(await request(), ["a2-1"])
    await courier.settle()
    expect(
      (await mesh.deliveries("msg_1")).map(({ recipient, state }) => `${recipient} ${state}`),
    ).toEqual(["a2-1 seen", "lead:flt_1 accepted"])
  })

  test("leaves everything else as it is", async () => {
    await sessions.prompt({ ...mailbox, text: "hello" })
    const messages = await request()
    const before = structuredClone(messages)
    expect(await courier.observe(messages, ["a2-1"])).toEqual([])
    expect(messages).toEqual(before)
  })

  test("settles a notice of ours for good", async () => {
    await mesh.ledger.transact((tx) => notifyLead(tx, "flt_1", "news"))
    const lead = { ...mailbox, recipient: "lead:flt_1" }
    await courier.deliver(lead)
    await courier.observe(await request(), ["lead:flt_1"])
    await courier.settle()
    expect(await state("msg_1")).toBe("acked")
  })

  test("takes results that the lead was told whole for read, unless the fleet has more to bring", async () => {
    const collected = async () => (await mesh.fleet()).collected_at !== null
    const end = async (name: string) => {
      const agent = await mesh.agent(name)
      await mesh.ledger.transact((tx) =>
        endAgent(tx, agent, { status: "complete", output: `${name} is done` }),
      )
    }
    const tell = async () => {
      await courier.deliver({ ...mailbox, recipient: "lead:flt_1" })
      await courier.observe(await request(), ["lead:flt_1"])
      await courier.settle()
    }
    await end("a1")
    await end("a2")
    const first = await mesh.agent("a1")
    await mesh.ledger.transact((tx) => reopenAgent(tx, first, "running"))
    await tell()
    expect(await collected()).toBe(false)
    await end("a1")
    await tell()
    expect(await collected()).toBe(true)
  })

  test("leaves out news of an end that was taken back before it was read, in every request to come", async () => {
    const lead = { ...mailbox, recipient: "lead:flt_1" }
    for (const name of ["a1", "a2"]) {
      const agent = await mesh.agent(name)
      await mesh.ledger.transact((tx) =>
        endAgent(tx, agent, { status: "complete", output: `${name} waits for the lead` }),
      )
    }
    await mesh.ledger.transact((tx) => notifyLead(tx, "flt_1", "which one?", "request"))
    await courier.deliver(lead)
    // Its answer reopened the fleet, before any request has shown what was stored.
    const first = await mesh.agent("a1")
    await mesh.ledger.transact((tx) => reopenAgent(tx, first, "running"))
    const read = async (over = courier) => {
      const messages = await request()
      const shown = texts(messages, await over.observe(messages, ["lead:flt_1"])).join("\n")
      await over.settle()
      return shown
    }
    for (const shown of [await read(), await read(), await read(make())]) {
      expect(shown).toContain("which one?")
      expect(shown).not.toContain("waits for the lead")
    }
    await mesh.ledger.transact((tx) => notifyLead(tx, "flt_1", "news"))
    await courier.deliver(lead)
    await mesh.ledger.transact((tx) => withdrawNotices(tx, "flt_1"))
    expect(await read()).toEndWith("(a notice that is settled by now: nothing to do)")
  })

  test("shows what was withdrawn while a request was on its way in no later one", async () => {
    const lead = { ...mailbox, recipient: "lead:flt_1" }
    await mesh.ledger.transact((tx) => notifyLead(tx, "flt_1", "somebody waits"))
    await courier.deliver(lead)
    const messages = await request()
    const onItsWay = courier.observe(messages, ["lead:flt_1"])
    await mesh.ledger.transact((tx) => withdrawNotices(tx, "flt_1"))
    expect(texts(messages, await onItsWay).join("\n")).toContain("somebody waits")
    await courier.settle()
    expect(texts(messages, await courier.observe(messages, ["lead:flt_1"])).join("\n")).toEndWith(
      "(a notice that is settled by now: nothing to do)",
    )
  })

  test("of a request that shows it before it was noted ends as seen", async () => {
    await send("one")
    await sessions.prompt({ ...mailbox, text: "one", delivered: ["msg_1"] })
    await courier.observe(await request(), ["a2-1"])
    await courier.settle()
    await courier.reconcile("a2-1", new Set(["msg_1"]))
    expect(await state("msg_1")).toBe("seen")
  })
})

test("the end of a turn acknowledges what it has seen, and nothing else", async () => {
  await send("one")
  await courier.deliver(mailbox)
  await courier.observe(await request(), ["a2-1"])
  await courier.settle()
  await send("two")
  await courier.acknowledgeSeen("a2-1")
  await courier.acknowledgeSeen("a2-1")
  expect([await state("msg_1"), await state("msg_2")]).toEqual(["acked", "accepted"])
  expect(await mesh.events("message.acked")).toHaveLength(1)
})

describe("mail that no model saw", () => {
  const recover = () => courier.recover(mailbox, 30_000)

  test("within its deadline is left alone", async () => {
    await send("one")
    await courier.deliver(mailbox)
    mesh.clock.advance(29_999)
    expect([await recover(), await state("msg_1")]).toEqual([false, "injected"])
  })

  test("but is in the session only needs the session to go on", async () => {
    await send("one")
    await courier.deliver(mailbox)
    mesh.clock.advance(30_000)
    expect([await recover(), await state("msg_1")]).toEqual([true, "injected"])
  })

  test("and is not in the session is delivered again", async () => {
    await send("one")
    await courier.deliver(mailbox)
    sessions.stores.set("ses_1", [])
    mesh.clock.advance(30_000)
    expect([await recover(), await state("msg_1")]).toEqual([false, "accepted"])
    expect((await courier.deliver(mailbox)).length).toBe(1)
  })

  test("after three tries is told of", async () => {
    await send("one")
    await courier.deliver(mailbox)
    for (const goesOn of [true, true, false]) {
      mesh.clock.advance(30_000)
      expect(await recover()).toBe(goesOn)
    }
    expect(await mesh.events("message.undelivered")).toMatchObject([
      { message_id: "msg_1", tries: 3 },
    ])
    expect(await mesh.notices()).toHaveLength(1)
  })
})
