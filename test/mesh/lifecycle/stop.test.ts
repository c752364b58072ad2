import { afterEach, beforeEach, expect, test } from "bun:test"
import { type StopRequest, requestStop, stoppedEnd } from "../../../plugin/mesh/lifecycle/stop.ts"
import { questionById } from "../../../plugin/mesh/ledger/tables/questions.ts"
import { receiveAsk } from "../../../plugin/mesh/questions/asking.ts"
import { askPermission } from "../support/asked.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
beforeEach(async () => {
  mesh = await createMesh()
  await mesh.given(["a1"])
})
afterEach(() => mesh.end())

const stop = (request: StopRequest) =>
  mesh.ledger.transact(async (tx) => requestStop(tx, await mesh.agentIn(tx, "a1"), request))
const asked = async () => {
  const { stop_mode, stop_reason, stop_code } = await mesh.agent("a1")
  return [stop_mode, stop_reason, stop_code]
}

test("an agent at work is asked, with the code of the mode unless there is another", async () => {
  await mesh.set("a1", { status: "running" })
  await stop({ mode: "wrap_up", reason: "late", code: "BUDGET" })
  expect(await asked()).toEqual(["wrap_up", "late", "BUDGET"])
  expect((await mesh.agent("a1")).status).toBe("running")
})

test("a firmer stop replaces a softer one and keeps the first reason; a softer one is no event", async () => {
  await mesh.set("a1", { status: "running" })
  await stop({ mode: "cancel", reason: "first" })
  for (const mode of ["wrap_up", "retry", "cancel"] as const) await stop({ mode, reason: "again" })
  expect(await asked()).toEqual(["cancel", "first", "CANCELLED"])
  await stop({ mode: "kill", reason: "second" })
  expect(await asked()).toEqual(["kill", "first", "CANCELLED"])
  expect(await mesh.events("agent.stop_requested")).toMatchObject([
    { mode: "cancel", reason: "first" },
    { mode: "kill", reason: "second" },
  ])
})

test("what was to be tried again had no reason to end yet", async () => {
  await mesh.set("a1", { status: "running" })
  await stop({ mode: "retry", reason: "stalled", code: "STALLED" })
  await stop({ mode: "cancel", reason: "enough" })
  expect(await asked()).toEqual(["cancel", "enough", "CANCELLED"])
})

for (const status of ["queued", "interrupted"] as const)
  test(`an agent that is ${status} ends at once, as nobody runs it`, async () => {
    await mesh.set("a1", { status })
    await stop({ mode: "cancel", reason: "enough" })
    expect(await mesh.agent("a1")).toMatchObject({
      status: "cancelled",
      error_code: "CANCELLED",
      error_detail: "enough",
    })
    expect((await mesh.fleet()).status).toBe("cancelled")
  })

test("who waits for an answer is freed to report; a cancellation leaves that to the end", async () => {
  await mesh.set("a1", { status: "running", host_id: "hst_1" })
  const asking = { agentId: "a1-1", hostId: "hst_1", deadlineMs: 900_000 }
  await mesh.ledger.transact((tx) =>
    receiveAsk(tx, asking, askPermission("per_1", { patterns: ["ls"] })),
  )
  const question = async () => (await mesh.ledger.read((db) => questionById(db, "ask_1")))?.state
  expect(await question()).toBe("open")
  await stop({ mode: "wrap_up", reason: null })
  expect(await question()).toBe("gone")
})

test("a stop by a person is a cancellation, one by a limit a failure", () => {
  const end = (stop_code: "KILLED" | "TIMEOUT" | null) =>
    stoppedEnd({ stop_code, stop_reason: null })
  const detail = "Stopped on request."
  expect(end(null)).toEqual({ status: "cancelled", failure: { code: "CANCELLED", detail } })
  expect(end("KILLED")).toEqual({ status: "cancelled", failure: { code: "KILLED", detail } })
  expect(end("TIMEOUT")).toEqual({ status: "failed", failure: { code: "TIMEOUT", detail } })
})
