import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { inboxOf } from "../support/inbox.ts"
import { member, session } from "../support/callers.ts"
import { expectFailure } from "../support/errors.ts"
import type { AgentRow } from "../../../plugin/mesh/ledger/tables/rows.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
const lead = session("ses_lead")

beforeEach(async () => {
  mesh = await createMesh()
  await mesh.given(["a1", "a2", "a3"])
})
afterEach(() => mesh.end())

const a = async (name: string) => member(await mesh.agent(name))

describe("who receives", () => {
  test("an unknown recipient fails with the names there are", () =>
    mesh.unchanged(() =>
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

  test("who writes to an agent is told when it reads that", async () => {
    const readsIt = async (status: AgentRow["status"], wake?: boolean) => {
      await mesh.set("a2", { status })
      const draft = { to_agent_id: "a2", type: "handoff", payload: "x", wake } as const
      return (await mesh.messages.send(await a("a1"), draft)).reads_it
    }
    expect(await readsIt("running")).toBe("before its next step")
    expect(await readsIt("queued")).toBe("when it begins")
    expect(await readsIt("complete")).toBe("at once: this wakes it")
    expect(await readsIt("complete", false)).toBe("when something else wakes it")
    const all = await mesh.messages.send(lead, { to_agent_id: "*", type: "alert", payload: "x" })
    expect(all).not.toHaveProperty("reads_it")
  })

  test("an agent that waits to begin does so with a message of its own, or when everybody is asked for help", async () => {
    const waiting = async () => (await mesh.agent("a2")).awaits_mail_at !== null
    const send = async (more: object) =>
      mesh.messages.send(await a("a1"), {
        to_agent_id: "a2",
        type: "handoff",
        payload: "x",
        ...more,
      })
    await mesh.set("a2", { status: "queued", awaits_mail_at: mesh.now() })
    await send({ to_agent_id: "*" })
    await send({ wake: false })
    expect(await waiting()).toBe(true)
    await send({})
    expect(await waiting()).toBe(false)
    for (const more of [{ wake: true }, { type: "request_help" }]) {
      await mesh.set("a2", { awaits_mail_at: mesh.now() })
      await send({ to_agent_id: "*", ...more })
      expect(await waiting()).toBe(false)
    }
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
