import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import {
  claimSession,
  ownsSessions,
  sessionById,
} from "../../../plugin/mesh/ledger/tables/sessions.ts"
import { createCallers } from "../../../plugin/opencode/process/callers.ts"
import { projectOf } from "../../../plugin/system/project.ts"
import { expectFailure } from "../../mesh/support/errors.ts"
import { createMesh, type Mesh } from "../../mesh/support/mesh.ts"
import { createFakeSessions, type FakeSessions } from "../support/fake-sessions.ts"

let mesh: Mesh
let sessions: FakeSessions
let callers: ReturnType<typeof createCallers>
let owners: Map<string, object>
const directory = import.meta.dirname
let isInsideAgent: boolean
const self = { pid: 300, process_start: "3" }

beforeEach(async () => {
  mesh = await createMesh()
  isInsideAgent = false
  await mesh.given(["a1"])
  sessions = createFakeSessions()
  owners = new Map()
  callers = openInstance()
  await mesh.ledger.transact((tx) =>
    claimSession(tx, {
      id: "ses_a1",
      project: "/shop/.git",
      agent_id: "a1-1",
      ...self,
      updated_at: 0,
    }),
  )
})
afterEach(() => mesh.end())

/** One of the directories that this process has open. */
const openInstance = () =>
  createCallers({
    ledger: mesh.ledger,
    sessions,
    self,
    isAlive,
    isInsideAgent: () => isInsideAgent,
    owners,
  })
const isAlive = (process: typeof self) =>
  process.pid === self.pid ? process.process_start === self.process_start : mesh.isAlive(process)
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
    expect(await owner("ses_a1")).toBe(300)
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

  test("runs as the agent of the call, a sub-session's ancestor as that of its last request", async () => {
    callers.remember("ses_new", { agent: "plan", model: "fake/m2" })
    expect(await callers.resolve("ses_new", directory, "build")).toMatchObject({
      agent: "build",
      model: "fake/m2",
    })
    sessions.parents.set("ses_sub", "ses_new")
    expect(await callers.resolve("ses_sub", directory, "explore")).toMatchObject({
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
    await runsIn(500, "ses_a1")
    mesh.dead.add(500)
    await callers.own("ses_a1", "/shop/.git")
    expect(await owner("ses_a1")).toBe(500)
  })

  test("belongs to the instance of this process in which it was used last", async () => {
    const other = openInstance()
    await callers.own("ses_new", "/shop/.git")
    await other.own("ses_new", "/shop/.git")
    expect([callers.ownedSessions(), other.ownedSessions()]).toEqual([[], ["ses_new"]])
    await callers.own("ses_new", "/shop/.git")
    expect([callers.ownedSessions(), other.ownedSessions()]).toEqual([["ses_new"], []])
  })

  test("ends with the instance, while its process lives and other instances keep theirs", async () => {
    const other = openInstance()
    await callers.own("ses_new", "/shop/.git")
    await callers.own("ses_taken", "/shop/.git")
    await other.own("ses_taken", "/shop/.git")
    await callers.leave()
    const row = (id: string) => mesh.ledger.read((db) => sessionById(db, id))
    expect(await row("ses_new")).toMatchObject({ pid: 300, process_start: "left 3" })
    expect(await row("ses_taken")).toMatchObject({ pid: 300, process_start: "3" })
    expect(other.ownedSessions()).toEqual(["ses_taken"])
    // A call that was under way when the project was closed takes nothing back.
    await callers.own("ses_new", "/shop/.git")
    expect(callers.ownedSessions()).toEqual([])
    await other.own("ses_new", "/shop/.git")
    expect(await row("ses_new")).toMatchObject({ pid: 300, process_start: "3" })
  })

  test("that it has left still shows a process that runs models of ours", async () => {
    await callers.own("ses_new", "/shop/.git")
    await callers.leave()
    expect(await mesh.ledger.read((db) => ownsSessions(db, self))).toBe(true)
    const another = { pid: 300, process_start: "4" }
    expect(await mesh.ledger.read((db) => ownsSessions(db, another))).toBe(false)
  })
})

/** Another process runs the session, and lives. */
const runsIn = (pid: number, id: string) =>
  mesh.ledger.transact((tx) =>
    tx.run("UPDATE sessions SET pid = ?, process_start = '9' WHERE id = ?", pid, id),
  )

describe("a session that another process speaks in", () => {
  const nobody = { sessionId: "", delegated: true, human: false, member: undefined }

  test("makes its reader neither a member nor the lead", async () => {
    await runsIn(500, "ses_a1")
    sessions.parents.set("ses_sub", "ses_lead")
    expect(await callers.resolve("ses_a1", directory, "build")).toMatchObject({
      ...nobody,
      readsOnly: "session ses_a1 is that of agent a1-1, which speaks in its host only.",
    })
    for (const id of ["ses_lead", "ses_sub"])
      expect(await callers.resolve(id, directory, "build")).toMatchObject({
        ...nobody,
        readsOnly: "session ses_lead is open in another OpenCode (pid 100), which speaks in it.",
      })
    expect([await owner("ses_a1"), await owner("ses_lead")]).toEqual([500, 100])
  })

  test("is the next one's once its owner is gone, but never a member's", async () => {
    await runsIn(500, "ses_a1")
    mesh.dead.add(500).add(100)
    expect(await callers.resolve("ses_lead", directory, "build")).toMatchObject({
      sessionId: "ses_lead",
      delegated: false,
    })
    expect((await callers.resolve("ses_a1", directory, "build")).readsOnly).toBeDefined()
  })

  test("takes no prompt while an agent lives in it; a lead's may be looked into", async () => {
    await callers.refusePrompt("ses_a1")
    await runsIn(500, "ses_a1")
    await expectFailure(() => callers.refusePrompt("ses_a1"), "NOT_ALLOWED", "a1-1")
    await callers.refusePrompt("ses_lead")
    mesh.dead.add(500)
    await callers.refusePrompt("ses_a1")
  })
})

describe("in an OpenCode that an agent has started", () => {
  beforeEach(() => void (isInsideAgent = true))

  test("every session may only read, also the lead's once its owner is gone, and one of its own", async () => {
    mesh.dead.add(100)
    for (const id of ["ses_lead", "ses_a1", "ses_new"])
      expect(await callers.resolve(id, directory, "build")).toMatchObject({
        sessionId: "",
        delegated: true,
        member: undefined,
        readsOnly: "an agent of a fleet has started this OpenCode.",
      })
    expect([await owner("ses_lead"), await owner("ses_new")]).toEqual([100, undefined])
  })

  test("nothing is said in a session of a fleet, and anything in its own", async () => {
    mesh.dead.add(100)
    for (const id of ["ses_lead", "ses_a1"])
      await expectFailure(() => callers.refusePrompt(id), "NOT_ALLOWED", "started this OpenCode")
    await callers.refusePrompt("ses_new")
  })

  test("a host speaks for its agents all the same", async () => {
    callers.serveAsHost()
    expect(await callers.resolve("ses_a1", directory, "build")).toMatchObject({
      sessionId: "ses_a1",
      member: { name: "a1" },
    })
  })
})
