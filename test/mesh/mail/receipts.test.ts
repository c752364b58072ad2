import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { acknowledge, advance, messageById } from "../../../plugin/mesh/ledger/tables/messages.ts"
import { fit } from "../../../plugin/tools/define/define-tool.ts"
import { delegate, member, session } from "../support/callers.ts"
import { expectFailure } from "../support/errors.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
const lead = session("ses_lead")
beforeEach(async () => {
  mesh = await createMesh()
  await mesh.given(["a1", "a2", "a3"])
})
afterEach(() => mesh.end())

const as = async (name: string) => member(await mesh.agent(name))
const send = async (to_agent_id: string, from = "a1", type: "alert" | "result" = "result") =>
  (await mesh.messages.send(await as(from), { to_agent_id, type, payload: "x" })).message_id
const list = async (id: string, caller = lead) => (await mesh.receipts.list(caller, id)).receipts
const lines = async (id: string) =>
  (await list(id)).map(({ agent_id, action, note, system }) =>
    [agent_id, action, ...(note ? [note] : []), ...(system ? ["system"] : [])].join(" "),
  )

describe("receipts of the system", () => {
  test("tell each step of a delivery with its time", async () => {
    const id = await send("a2")
    const steps: [string, number][] = []
    const step = async (action: string, change: Parameters<typeof mesh.ledger.transact>[0]) => {
      mesh.clock.advance(1000)
      await mesh.ledger.transact(change)
      steps.push([action, mesh.now()])
    }
    steps.push(["accepted", mesh.now()])
    const { seq } = (await mesh.ledger.read((db) => messageById(db, id)))!
    const filed = { recipient: "a2-1", seq }
    await step("injected", (tx) => advance(tx, filed, "injected"))
    await step("seen", (tx) => advance(tx, filed, "seen"))
    await step("acked", (tx) => acknowledge(tx, "a2-1", seq, true))
    expect(await list(id)).toEqual(
      steps.map(([action, at]) => ({
        message_id: id,
        agent_id: "a2-1",
        action,
        ...(action === "acked" && { note: "auto" }),
        system: true,
        timestamp: new Date(at).toISOString(),
      })),
    )
  })

  test("of a broadcast are there for each recipient, who acknowledges for itself", async () => {
    const id = await send("*", "a1", "alert")
    await mesh.messages.acknowledge(await as("a3"), id)
    expect(await lines(id)).toEqual([
      "a2-1 accepted system",
      "a3-1 accepted system",
      "a3-1 injected system",
      "a3-1 seen system",
      "a3-1 acked system",
      "lead accepted system",
    ])
    await mesh.messages.acknowledge(lead, id)
    expect((await lines(id)).filter((each) => each.includes("acked"))).toEqual([
      "a3-1 acked system",
      "lead acked system",
    ])
  })

  test("say that mail for a lead that is gone is parked", async () => {
    const id = await send("lead")
    await mesh.ledger.transact((tx) => tx.run("UPDATE deliveries SET state = 'parked'"))
    expect(await lines(id)).toEqual(["lead accepted parked system"])
  })
})

describe("a receipt", () => {
  test("is one per message, agent and action, and the first stays", async () => {
    const id = await send("a2")
    const first = await mesh.receipts.write(await as("a2"), id, "started", "on it")
    mesh.clock.advance(1000)
    await mesh.unchanged(async () =>
      expect(await mesh.receipts.write(await as("a2"), id, "started", "again")).toEqual(first),
    )
    await mesh.receipts.write(await as("a2"), id, "merged")
    await mesh.receipts.write(await as("a1"), id, "started")
    await mesh.receipts.write(lead, id, "started", "seen by me")
    expect(await lines(id)).toEqual([
      "a2-1 accepted system",
      "a2-1 started on it",
      "a2-1 merged",
      "a1-1 started",
      "lead started seen by me",
    ])
    expect(await mesh.events("receipt.written")).toHaveLength(4)
  })

  test("of several writers at once is the first one's", async () => {
    const id = await send("a2")
    const writer = await as("a2")
    const written = await Promise.all(
      ["x", "y", "z"].map((note) => mesh.receipts.write(writer, id, "read", note)),
    )
    expect(new Set(written.map(({ note }) => note)).size).toBe(1)
  })

  test("is for those who have the message", async () => {
    const id = await send("a2")
    for (const act of [
      async () => mesh.receipts.write(await as("a3"), id, "read"),
      async () => mesh.receipts.list(await as("a3"), id),
      async () => mesh.receipts.write(session("ses_other"), id, "read"),
      async () => mesh.receipts.list(session("ses_other"), id),
    ])
      await expectFailure(act, "NOT_A_RECIPIENT", id)
    const far = session("ses_far", { project: "/far/.git" })
    await expectFailure(() => mesh.receipts.list(far, id), "UNKNOWN_MESSAGE", id)
    await expectFailure(() => mesh.receipts.write(lead, "msg_404", "read"), "UNKNOWN_MESSAGE")
    await expectFailure(() => mesh.receipts.write(delegate(lead), id, "read"), "NOT_ALLOWED")
    expect(await lines(id)).toEqual(["a2-1 accepted system"])
  })

  test("to a lead is not another session's of the project to write", async () => {
    const id = await send("lead")
    await expectFailure(
      () => mesh.receipts.write(session("ses_other"), id, "read"),
      "NOT_A_RECIPIENT",
    )
  })

  test("is no delivery's step and no vote", async () => {
    const { message_id: id } = await mesh.ratifications.open(lead, { subject: "x", quorum: 1 })
    for (const action of ["ack", "acked", "seen", "r-ack", "r-decline", "r-ack:2"])
      await expectFailure(
        async () => mesh.receipts.write(await as("a1"), id, action),
        "INVALID_ARGUMENT",
        action,
      )
    expect((await mesh.ratifications.tally(lead, id)).tally.silent).toBe(3)
  })
})

test("more than one answer holds come page by page, each once and in order", async () => {
  const id = await send("a2")
  for (let at = 0; at < 60; at++)
    await mesh.receipts.write(lead, id, `step-${at}`, `${at}${"ü".repeat(1000)}`)
  const got: string[] = []
  let pages = 0
  for (let offset: number | undefined = 0; offset !== undefined; pages++) {
    const page: Awaited<ReturnType<typeof mesh.receipts.list>> = await mesh.receipts.list(
      lead,
      id,
      offset,
    )
    expect(fit(page)).toBe(JSON.stringify(page))
    got.push(...page.receipts.map(({ action }) => action))
    expect(page.remaining ?? 0).toBe(61 - got.length)
    offset = page.next_offset
  }
  expect(got).toEqual(["accepted", ...Array.from({ length: 60 }, (_, at) => `step-${at}`)])
  expect(pages).toBe(4)
})
