import { afterEach, beforeEach, expect, test } from "bun:test"
import { endAgent } from "../../../plugin/mesh/lifecycle/outcome.ts"
import { createBriefing } from "../../../plugin/opencode/lead/briefing.ts"
import { session } from "../../mesh/support/callers.ts"
import { createMesh, type Mesh } from "../../mesh/support/mesh.ts"
import { createFakeSessions, type FakeSessions } from "../support/fake-sessions.ts"

let mesh: Mesh
let sessions: FakeSessions
/** A process of its own knows nothing of what others were told. */
const open = (project = "/shop/.git") => {
  const { ledger, isAlive, now } = mesh
  return createBriefing({ ledger, sessions, isAlive, now, project, directory: "/shop" })
}

beforeEach(async () => {
  mesh = await createMesh()
  await mesh.given(["a1", "a2"])
  sessions = createFakeSessions()
  for (const id of ["new", "second", "third", "1", "2", "3", "4", "5"])
    sessions.stores.set(`ses_${id}`, [])
  mesh.dead.add(100)
})
afterEach(() => mesh.end())

const end = async () => {
  for (const name of ["a1", "a2"])
    await mesh.ledger.transact(async (tx) =>
      endAgent(tx, await mesh.agentIn(tx, name), { status: "complete", output: "x" }),
    )
}

test("a session is told at its start of the fleets of a lead that is gone, once", async () => {
  const briefing = open()
  expect(await briefing("ses_new")).toContain(
    '- fleet flt_1 "shop" is still running: 0 of 2 agents have ended',
  )
  expect(await briefing("ses_new")).toBeUndefined()
  expect(await open()("ses_new")).toBeUndefined()
  expect(sessions.toasts).toHaveLength(1)
  expect(await mesh.events("fleet.told")).toMatchObject([{ session_id: "ses_new" }])
})

test("results that nobody read are told of, until somebody has", async () => {
  await end()
  const told = await open()("ses_new")
  expect(told).toContain(
    'fleet flt_1 "shop" has ended (complete, 2 agents); nobody has read its results',
  )
  await mesh.results.collect(session("ses_new"), "flt_1", ["a1"])
  expect(await open()("ses_second")).toBeDefined()
  await mesh.results.collect(session("ses_second"), "flt_1", undefined)
  expect(await open()("ses_third")).toBeUndefined()
})

test("a fleet is told of three times, and for a day after its end", async () => {
  for (const id of ["ses_1", "ses_2", "ses_3"]) expect(await open()(id)).toBeDefined()
  expect(await open()("ses_4")).toBeUndefined()
  await mesh.ledger.transact((tx) => tx.run("DELETE FROM fleet_tellings"))
  await end()
  mesh.clock.advance(24 * 60 * 60 * 1000 + 1)
  expect(await open()("ses_5")).toBeUndefined()
})

test("no session is told of what is not its concern: a living lead's fleet, another project's, its own, or as a sub-session", async () => {
  expect(await open()("ses_lead")).toBeUndefined()
  expect(await open("/elsewhere/.git")("ses_new")).toBeUndefined()
  sessions.parents.set("ses_child", "ses_new")
  expect(await open()("ses_child")).toBeUndefined()
  mesh.dead.delete(100)
  expect(await open()("ses_new")).toBeUndefined()
})
