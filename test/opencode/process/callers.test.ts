import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { claimSession, sessionById } from "../../../plugin/mesh/ledger/tables/sessions.ts"
import { createCallers } from "../../../plugin/opencode/process/callers.ts"
import { projectOf } from "../../../plugin/system/project.ts"
import { createMesh, type Mesh } from "../../mesh/support/mesh.ts"
import { createFakeSessions, type FakeSessions } from "../support/fake-sessions.ts"

let mesh: Mesh
let sessions: FakeSessions
let callers: ReturnType<typeof createCallers>
const directory = import.meta.dirname
const self = { pid: 300, process_start: "3" }

beforeEach(async () => {
  mesh = await createMesh()
  await mesh.given(["a1"])
  sessions = createFakeSessions()
  callers = createCallers({
    ledger: mesh.ledger,
    sessions,
    self,
    isAlive: mesh.isAlive,
  })
  await mesh.ledger.transact((tx) =>
    claimSession(tx, {
      id: "ses_a1",
      project: "/shop/.git",
      agent_id: "a1-1",
      pid: 500,
      process_start: "5",
      updated_at: 0,
    }),
  )
})
afterEach(() => mesh.end())
const owner = (id: string) => mesh.ledger.read(async (db) => (await sessionById(db, id))?.pid)

describe("the caller of a tool", () => {
  test("is a member when the ledger says so, in its fleet's project", async () => {
    expect(await callers.resolve("ses_a1", directory, "build")).toMatchObject({
      sessionId: "ses_a1",
      project: "/shop/.git",
      delegated: false,
      human: false,
      member: { agentId: "a1-1", name: "a1", fleetId: "flt_1" },
    })
    expect(await owner("ses_a1")).toBe(500)
  })

  test("is a lead-to-be when nobody knows it, and this process owns it from then on", async () => {
    expect(await callers.resolve("ses_new", directory, "build")).toEqual({
      sessionId: "ses_new",
      project: projectOf(directory),
      directory,
      delegated: false,
      human: false,
      agent: "build",
      model: undefined,
      member: undefined,
    })
    expect([await owner("ses_new"), callers.ownedSessions()]).toEqual([300, ["ses_new"]])
  })

  test("in a sub-session stands for the nearest ancestor that is known", async () => {
    sessions.parents.set("ses_deep", "ses_sub").set("ses_sub", "ses_a1").set("ses_a1", "ses_lead")
    expect(await callers.resolve("ses_deep", directory, "explore")).toMatchObject({
      sessionId: "ses_a1",
      delegated: true,
      member: { name: "a1" },
    })
  })

  test("runs as what its last request said", async () => {
    callers.remember("ses_new", { agent: "plan", model: "fake/m2" })
    expect(await callers.resolve("ses_new", directory, "build")).toMatchObject({
      agent: "plan",
      model: "fake/m2",
    })
  })
})

describe("owning a session", () => {
  test("leaves it to a living owner, and takes it from a dead one", async () => {
    await callers.own("ses_lead", "/shop/.git")
    expect(await owner("ses_lead")).toBe(100)
    mesh.dead.add(100)
    await callers.own("ses_lead", "/shop/.git")
    expect([await owner("ses_lead"), callers.ownedSessions()]).toEqual([300, ["ses_lead"]])
  })

  test("never takes a member's", async () => {
    mesh.dead.add(500)
    await callers.own("ses_a1", "/shop/.git")
    expect(await owner("ses_a1")).toBe(500)
  })
})
