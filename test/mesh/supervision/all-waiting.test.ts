import { eventually } from "../../support/eventually.ts"
import { afterEach, beforeEach, expect, test } from "bun:test"
import { isStuck, reportStuck } from "../../../plugin/mesh/supervision/all-waiting.ts"
import { member, session } from "../support/callers.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
const lead = session("ses_lead")
beforeEach(async () => {
  mesh = await createMesh()
  await mesh.given(["a1", "a2", "done"])
  await mesh.set("done", { status: "complete" })
  for (const name of ["a1", "a2"])
    await mesh.set(name, { status: "running", awaits_mail_at: mesh.now() })
  mesh.clock.advance(5000)
})
afterEach(() => mesh.end())

const stuck = () => mesh.ledger.read((db) => isStuck(db, mesh.now(), "flt_1"))
const report = () => mesh.ledger.transact((tx) => reportStuck(tx, "flt_1"))
const send = async (to: string) =>
  mesh.messages.send(member(await mesh.agent("a1")), {
    to_agent_id: to,
    type: "question",
    payload: "x",
  })

test("a fleet whose agents all wait is reported once", async () => {
  await report()
  await report()
  expect(await mesh.events("fleet.all_waiting")).toMatchObject([{ agents: ["a1-1", "a2-1"] }])
  expect(await mesh.notices()).toEqual([
    'Every agent of flt_1 that has not ended is waiting for a message, and none is on its way: "a1", "a2". Send one of them what it needs, or end them with stop_agents.',
  ])
})

test("it is not stuck while one works, is queued, has mail, or began to wait only now", async () => {
  await mesh.set("a1", { awaits_mail_at: null })
  expect(await stuck()).toBe(false)
  await mesh.set("a1", { status: "queued" })
  expect(await stuck()).toBe(false)
  await mesh.set("a1", { status: "running", awaits_mail_at: mesh.now() })
  expect(await stuck()).toBe(false)
  await mesh.set("a1", { awaits_mail_at: mesh.now() - 5000 })
  expect(await stuck()).toBe(true)
  await send("a2")
  expect(await stuck()).toBe(false)
})

test("it is stuck when one waits to begin and had only what does not start it", async () => {
  await mesh.set("a1", { status: "complete" })
  await mesh.set("a2", { status: "queued" })
  await send("*")
  expect(await stuck()).toBe(true)
  await send("a2")
  expect(await stuck()).toBe(false)
})

test("the next standstill is another only after a message", async () => {
  await report()
  expect(await stuck()).toBe(false)
  await send("a2")
  await mesh.ledger.transact((tx) => tx.run("UPDATE deliveries SET state = 'seen'"))
  expect(await stuck()).toBe(true)
})

test("whoever waits for the fleet's results is let go, since they may wait for it", async () => {
  const collecting = mesh.results.collect(lead, "flt_1", undefined, { wait_seconds: 600 })
  await eventually(() => mesh.results.isAwaited("flt_1"))
  await report()
  expect(await collecting).toMatchObject({
    complete: false,
    note: "Every agent that has not ended is waiting for a message: send one, or stop them.",
  })
})
