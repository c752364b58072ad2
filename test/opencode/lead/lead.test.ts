import { eventually } from "../../support/eventually.ts"
import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { requireLead } from "../../../plugin/mesh/access.ts"
import { fleetById } from "../../../plugin/mesh/ledger/tables/fleets.ts"
import { receiveAsk } from "../../../plugin/mesh/questions/asking.ts"
import { endAgent } from "../../../plugin/mesh/lifecycle/outcome.ts"
import { notifyLead } from "../../../plugin/mesh/mail/notices.ts"
import { type Callers, createCallers } from "../../../plugin/opencode/process/callers.ts"
import { createCourier } from "../../../plugin/opencode/process/courier.ts"
import { createLead, type Lead } from "../../../plugin/opencode/lead/lead.ts"
import { member, session } from "../../mesh/support/callers.ts"
import { askPermission } from "../../mesh/support/asked.ts"
import { alwaysAwake } from "../../mesh/support/awake.ts"
import { createMesh, type Mesh } from "../../mesh/support/mesh.ts"
import { createFakeSessions, type FakeSessions } from "../support/fake-sessions.ts"

let mesh: Mesh
let sessions: FakeSessions
let lead: Lead
let supervised: string[]
let callers: Callers
let isInsideAgent: boolean

beforeEach(async () => {
  mesh = await createMesh({ batch_ms: 0, wakes_per_fleet: 1 })
  await mesh.given(["a1", "a2"])
  mesh.dead.add(100)
  sessions = createFakeSessions()
  sessions.stores.set("ses_lead", [])
  supervised = []
  isInsideAgent = false
  lead = reopen()
  await callers.own("ses_lead", "/shop/.git")
  callers.remember("ses_lead", { agent: "build", model: "fake/m1" })
})

/** The plugin in a process of its own. */
const reopen = () => {
  const onError = (error: unknown) => void mesh.errors.push(error)
  const { ledger, changes, now, config, results, isAlive } = mesh
  const courier = createCourier({ ledger, sessions, exchanges: mesh.exchanges, now, onError })
  callers = createCallers({
    isInsideAgent: () => isInsideAgent,
    ledger,
    sessions,
    self: { pid: 300, process_start: "3" },
    isAlive,
    owners: new Map(),
  })
  return createLead({
    ledger,
    changes,
    sessions,
    callers,
    courier,
    exchanges: mesh.exchanges,
    results,
    now,
    wakefulness: alwaysAwake,
    config,
    onError,
    isAlive,
    supervisor: { supervise: async (fleetId: string) => void supervised.push(fleetId) } as never,
    directory: "/shop",
    project: "/shop/.git",
  })
}
afterEach(async () => {
  lead.close()
  await mesh.end()
  expect(mesh.errors).toEqual([])
})

const alert = async (payload: string) => {
  const sent = await mesh.messages.send(member(await mesh.agent("a1")), {
    to_agent_id: "lead",
    type: "alert",
    payload,
  })
  return sent
}
const status = (type: "busy" | "idle") =>
  lead.onEvent({ type: "session.status", sessionId: "ses_lead", status: { type } })
const fail = async (name: string) => {
  await mesh.ledger.transact(async (tx) =>
    endAgent(tx, await mesh.agentIn(tx, name), {
      status: "failed",
      failure: { code: "EMPTY_ANSWER", detail: "nothing" },
    }),
  )
}

describe("mail for the lead", () => {
  test("enters its session as what the session runs as", async () => {
    await alert("disk full")
    expect(await sessions.prompted(1)).toEqual({
      sessionId: "ses_lead",
      directory: "/shop",
      agent: "build",
      model: "fake/m1",
      synthetic: true,
      delivered: ["msg_1"],
      text: "[meshfleet] alert from a1, msg_1, flt_1:\n> disk full",
    })
  })

  test("past the cap of wakes waits until the person or the lead works again", async () => {
    await alert("one")
    await sessions.prompted(1)
    await alert("two")
    expect((await sessions.prompted(2)).text).toContain("1 wakes by its own messages")
    expect(sessions.prompts.flatMap((prompt) => prompt.delivered)).toContain("msg_2")
  })

  test("goes into a busy session whatever the cap", async () => {
    await mesh.ledger.transact((tx) => tx.run("UPDATE fleets SET wakes = 1"))
    await status("busy")
    await alert("one")
    expect((await sessions.prompted(1)).delivered).toEqual(["msg_1"])
    expect((await mesh.fleet()).wakes).toBe(1)
  })

  test("that was stored as the session came to rest is pointed at", async () => {
    await status("busy")
    const { message_id } = await alert("late")
    await sessions.prompted(1)
    await mesh.changes.until(
      async () => (await mesh.deliveries(message_id))[0]?.state === "injected" || undefined,
      { timeoutMs: 5000 },
    )
    await lead.onEvent({ type: "session.idle", sessionId: "ses_lead" })
    expect((await sessions.prompted(2)).text).toContain("arrived as your turn was ending")
  })

  test("seen in a turn is acknowledged when the session rests", async () => {
    const { message_id } = await alert("one")
    await sessions.prompted(1)
    await mesh.ledger.transact((tx) => tx.run("UPDATE deliveries SET state = 'seen'"))
    await lead.onEvent({ type: "session.idle", sessionId: "ses_lead" })
    expect((await mesh.deliveries(message_id))[0]?.state).toBe("acked")
  })
})

describe("a lead whose messages are undone", () => {
  test("is given nothing, and its person sees what waits, once", async () => {
    sessions.change("ses_lead", "undo")
    await fail("a1")
    await alert("disk full")
    await eventually(() => sessions.toasts[1])
    await lead.look()
    expect(sessions.toasts).toEqual([
      'Agent "a1" of flt_1 failed: EMPTY_ANSWER: `nothing`',
      "alert from a1-1, not in the conversation while messages are undone: disk full",
    ])
    expect(sessions.prompts).toEqual([])
  })

  test("is told once they are redone, without another toast", async () => {
    sessions.change("ses_lead", "undo")
    await fail("a1")
    await eventually(() => sessions.toasts[0])
    sessions.change("ses_lead", "redo")
    await lead.onEvent({ type: "session.changed", sessionId: "ses_lead" })
    expect((await sessions.prompted(1)).text).toContain('Agent "a1" of flt_1 failed')
    expect(sessions.toasts).toHaveLength(1)
  })
})

describe("a lead whose session is deleted", () => {
  test("lets its fleets go, and the person learns it", async () => {
    sessions.change("ses_lead", "delete")
    await lead.onEvent({ type: "session.changed", sessionId: "ses_lead" })
    expect(callers.ownedSessions()).toEqual([])
    expect(await mesh.events("fleet.lead_deleted")).toMatchObject([{ session_id: "ses_lead" }])
    expect(sessions.toasts).toEqual([expect.stringContaining('"shop" was deleted')])
    await mesh.ledger.transact(async (tx) =>
      requireLead(tx, session("ses_next"), (await fleetById(tx, "flt_1"))!, mesh.isAlive),
    )
    expect((await mesh.fleet()).lead_session).toBe("ses_next")
  })
})

test("a person's prompt takes the cap off what its fleets may say", async () => {
  await mesh.ledger.transact((tx) => tx.run("UPDATE fleets SET wakes = 9, capped_at = 1"))
  mesh.exchanges.heard("ses_lead", [{ auto_replies: 9 }])
  await lead.onPrompt("ses_lead", false)
  expect(await mesh.fleet()).toMatchObject({ wakes: 9, capped_at: 1 })
  await lead.onPrompt("ses_lead", true)
  expect(await mesh.fleet()).toMatchObject({ wakes: 0, capped_at: null })
  expect(mesh.exchanges.repliesOf("ses_lead")).toBe(0)
})

test("what was parked enters when the lead's own session is opened again", async () => {
  lead.close()
  await mesh.ledger.transact((tx) => tx.run("UPDATE sessions SET pid = 100"))
  mesh.dead.delete(100)
  const { message_id } = await alert("while you were gone")
  await mesh.ledger.transact((tx) => tx.run("UPDATE deliveries SET state = 'parked'"))
  mesh.dead.add(100)
  const again = reopen()
  await again.onPrompt("ses_lead", true)
  expect((await sessions.prompted(1)).delivered).toEqual([message_id])
  again.close()
})

describe("a request of the lead", () => {
  const plan = [
    { permission: "*", pattern: "*", action: "allow" as const },
    { permission: "edit", pattern: "*", action: "deny" as const },
  ]
  beforeEach(() => void sessions.agents_.push({ name: "plan", mode: "primary", permission: plan }))

  test("under other rules binds its fleets by them, once, its session's own included", async () => {
    const own = { permission: "webfetch", pattern: "*", action: "deny" as const }
    sessions.rules_.set("ses_lead", [own])
    await lead.onRequest("ses_lead", "plan")
    await lead.onRequest("ses_lead", "plan")
    expect(JSON.parse((await mesh.fleet()).lead_rules)).toEqual([...plan, own])
    expect(await mesh.events("fleet.bound")).toEqual([{ event: "fleet.bound", agent: "plan" }])
  })

  test("of somebody else's session binds nothing", async () => {
    await lead.onRequest("ses_other", "plan")
    expect((await mesh.fleet()).lead_rules).toBe("[]")
  })
})

test("an OpenCode that an agent has started owns no session and supervises nothing", async () => {
  isInsideAgent = true
  const inside = reopen()
  await inside.onPrompt("ses_lead", true)
  await inside.onRequest("ses_lead", "plan")
  await inside.superviseAll()
  expect([callers.ownedSessions(), supervised]).toEqual([[], []])
  expect((await mesh.fleet()).lead_rules).toBe("[]")
  inside.close()
})

describe("news", () => {
  test("comes once by itself", async () => {
    await fail("a1")
    expect((await sessions.prompted(1)).text).toBe(
      '[meshfleet] Agent "a1" of flt_1 failed: EMPTY_ANSWER: `nothing`',
    )
    expect(sessions.prompts).toHaveLength(1)
  })

  test("waits while the lead collects, and is not told when it has read it", async () => {
    const collecting = mesh.results.collect(session("ses_lead"), "flt_1", undefined, {
      wait_seconds: 600,
    })
    await fail("a1")
    await fail("a2")
    expect((await collecting).complete).toBe(true)
    await lead.look()
    expect(await mesh.notices()).toEqual([])
    expect(sessions.prompts).toEqual([])
  })

  test("that asks for a decision comes at once, collecting or not", async () => {
    const abort = new AbortController()
    const collecting = mesh.results.collect(session("ses_lead"), "flt_1", undefined, {
      wait_seconds: 600,
      signal: abort.signal,
    })
    await mesh.ledger.transact((tx) => notifyLead(tx, "flt_1", "allow bash?", "request"))
    expect((await sessions.prompted(1)).text).toBe("[meshfleet] allow bash?")
    abort.abort()
    await collecting
  })
})

test("an aside begins no turn: it goes with what is told next, and is not shown to the person", async () => {
  await mesh.ledger.transact((tx) => notifyLead(tx, "flt_1", "It was allowed.", "aside"))
  await lead.look()
  await lead.onEvent({
    type: "session.status",
    sessionId: "ses_lead",
    status: { type: "busy" },
  })
  await lead.look()
  expect(sessions.prompts).toEqual([])
  await mesh.ledger.transact((tx) => notifyLead(tx, "flt_1", "Allow bash?", "request"))
  expect((await sessions.prompted(1)).text).toBe(
    "[meshfleet] It was allowed.\n\n[meshfleet] Allow bash?",
  )
  await eventually(() => sessions.toasts[0])
  expect(sessions.toasts).toEqual(["Allow bash?"])
})

describe("what an agent asks a person", () => {
  test("is shown to the user, and told to the model once, which is not asked itself", async () => {
    await mesh.set("a1", { status: "running", host_id: "hst_1" })
    await mesh.ledger.transact((tx) =>
      receiveAsk(
        tx,
        { agentId: "a1-1", hostId: "hst_1", deadlineMs: 900_000 },
        askPermission("per_1", { permission: "bash", patterns: ["git push"] }),
      ),
    )
    const { text } = await sessions.prompted(1)
    expect(text).toContain(
      'Agent "a1" of flt_1 is waiting for `permission: bash git push`. Only the user',
    )
    await eventually(() => sessions.toasts[0])
    // What the model is told to do is nothing that a person has to read.
    expect(sessions.toasts).toEqual([
      'Agent "a1" of flt_1 is waiting for `permission: bash git push`. Answer in /fleets, or in a terminal: meshfleet answer ask_1',
    ])
    expect(sessions.prompts).toHaveLength(1)
  })
})

test("its system text names its fleets, and there is none without a fleet", async () => {
  expect(await lead.systemText("ses_lead")).toContain('flt_1 "shop"')
  expect(await lead.systemText("ses_other")).toBeUndefined()
})

test("fleets of the project that need a supervisor are offered one", async () => {
  await lead.superviseAll()
  expect(supervised).toEqual(["flt_1"])
})

test("an ended fleet is offered one while a vote waits for its deadline", async () => {
  for (const name of ["a1", "a2"]) await mesh.complete(name)
  const open = (more: object) =>
    mesh.ratifications.open(session("ses_lead"), {
      subject: "x",
      quorum: 1,
      voters: ["human"],
      ...more,
    })
  await open({})
  await lead.superviseAll()
  expect(supervised).toEqual([])
  await open({ deadline: "PT10M" })
  await lead.superviseAll()
  expect(supervised).toEqual(["flt_1"])
})
