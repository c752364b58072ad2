import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openLedger } from "../../../plugin/mesh/ledger/ledger.ts"
import { applicationId, schemaVersion } from "../../../plugin/mesh/ledger/migrations.ts"
import { openConnection } from "../../../plugin/mesh/ledger/sqlite/connection.ts"
import { agentsOfFleet } from "../../../plugin/mesh/ledger/tables/agents.ts"
import { endAgent } from "../../../plugin/mesh/lifecycle/outcome.ts"
import {
  type ErrorCode,
  errorCodes,
  type MeshError,
  toMeshError,
} from "../../../plugin/mesh/model/errors.ts"
import { receiveAsk } from "../../../plugin/mesh/questions/asking.ts"
import { createQuestions } from "../../../plugin/mesh/questions/questions.ts"
import { createDraftChecks } from "../../../plugin/opencode/process/draft-checks.ts"
import { createGitMergeTrees } from "../../../plugin/system/merging/git-merge-trees.ts"
import { createGitWorktrees } from "../../../plugin/system/git-worktrees.ts"
import { createFakeSessions } from "../../opencode/support/fake-sessions.ts"
import { askPermission } from "../support/asked.ts"
import { delegate, member, session } from "../support/callers.ts"
import { planEntry } from "../../../plugin/setup/plan.ts"
import { createInstallRecords } from "../../../plugin/setup/files/install-records.ts"
import { expectFailure } from "../support/errors.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
let folder: string
const lead = session("ses_lead")
const stranger = session("ses_other")
const person = session("human:1", { human: true })

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "meshfleet-errors-"))
  mesh = await createMesh({ agents_per_fleet: 2 })
  await mesh.given(["a1", "a2"])
})
afterEach(async () => {
  await mesh.end()
  rmSync(folder, { recursive: true, force: true })
})

const send = (to_agent_id: string, more: object = {}, caller = lead) =>
  mesh.messages.send(caller, { to_agent_id, type: "question", payload: "x", ...more })
const a1 = async () => member(await mesh.agent("a1"))
const cancel = () => mesh.fleets.stop(lead, "flt_1", { mode: "cancel" })
const spawn = (draft: object, caller = lead) =>
  mesh.fleets.spawn(caller, { agents: [{ role: "x", prompt: "x", ...draft }] })
const answer = (id: string) => createQuestions(mesh).answer(person, id, { words: ["once"] })
const checks = () =>
  createDraftChecks({
    sessions: createFakeSessions(),
    specialists: { find: () => undefined, near: () => [] } as never,
    directory: folder,
  })
const database = async (sql: string) => {
  const path = join(folder, "mesh.db")
  const db = await openConnection(path)
  db.exec(sql)
  return { path, db }
}

/** What `install` finds in the project's configuration. */
const readConfig = (text: string) => {
  writeFileSync(join(folder, "opencode.json"), text)
  const path = join(folder, "opencode.json")
  return planEntry({ path, part: "server" }, "x", createInstallRecords(folder))
}

/** For each code one call that meets it, over the real code: fakes raise nothing here. */
const provocations: Record<ErrorCode, () => unknown> = {
  INVALID_ARGUMENT: () => mesh.messages.inbox(lead, { limit: 1, since: "yesterday" }),
  UNKNOWN_FLEET: () => mesh.fleets.stop(lead, "flt_404", { mode: "cancel" }),
  UNKNOWN_AGENT: () => send("ghost"),
  UNKNOWN_MESSAGE: () => mesh.messages.acknowledge(lead, "msg_404"),
  UNKNOWN_SPECIALIST: () => checks().resolveAgent("nobody"),
  UNKNOWN_MODEL: () => checks().checkModel("no/model"),
  UNKNOWN_DIRECTORY: () => checks().checkDirectory("no/such", folder),
  async FLEET_ENDED() {
    await mesh.ledger.transact((tx) => tx.run("UPDATE fleets SET status = 'complete'"))
    await mesh.fleets.setTimeout(lead, "flt_1", 1000)
  },
  UNKNOWN_QUESTION: () => answer("ask_404"),
  UNKNOWN_TEMPLATE: () => mesh.templates.find(lead, "none"),
  UNKNOWN_GRANT: () => createQuestions(mesh).revoke(person, "grt_404"),
  async QUESTION_CLOSED() {
    await mesh.set("a1", { status: "running", host_id: "hst_1" })
    const asking = { agentId: "a1-1", hostId: "hst_1", deadlineMs: 1000 }
    const received = await mesh.ledger.transact((tx) =>
      receiveAsk(tx, asking, askPermission("per_1", { patterns: ["ls"] })),
    )
    const { waits } = received as { waits: string }
    await answer(waits)
    await answer(waits)
  },
  async NOT_A_VOTER() {
    const opened = await mesh.ratifications.open(lead, { subject: "x", quorum: 1, voters: ["a2"] })
    await mesh.ratifications.vote(await a1(), opened.message_id, { approve: true })
  },
  async RATIFICATION_CLOSED() {
    const opened = await mesh.ratifications.open(lead, { subject: "x", quorum: 1 })
    await mesh.ratifications.vote(await a1(), opened.message_id, { approve: true })
    await mesh.ratifications.vote(await a1(), opened.message_id, { approve: false })
  },
  async UNKNOWN_TASK() {
    await mesh.tasks.claim(await a1(), 404)
  },
  async TASK_NOT_FREE() {
    await mesh.tasks.add(lead, "flt_1", [{ title: "x" }, { title: "y", after: ["x"] }])
    await mesh.tasks.claim(await a1(), 2)
  },
  async RESERVED() {
    const wish = { paths: ["src"], mode: "exclusive", reason: "x", minutes: 1 } as const
    await mesh.reservations.reserve(await a1(), wish)
    await mesh.reservations.reserve(member(await mesh.agent("a2")), wish)
  },
  NO_REPOSITORY: () =>
    createGitWorktrees({ home: folder, env: () => ({ ...process.env }) }).locate(folder),
  async MERGE_BUSY() {
    const signal = AbortSignal.abort()
    await mesh.merges.merge({ ...lead }, "flt_1", { signal })
  },
  NOT_CLEAN: () =>
    createGitMergeTrees({ home: folder, env: () => ({ ...process.env }) }).take(
      join(import.meta.dir, "../../.."),
      "0".repeat(40),
    ),
  NAME_TAKEN: () => spawn({ name: "lead" }),
  NOT_YOUR_IDENTITY: async () => send("a2", { from_agent_id: "a2" }, await a1()),
  NOT_THE_LEAD: () => mesh.fleets.stop(stranger, "flt_1", { mode: "cancel" }),
  async NOT_A_RECIPIENT() {
    const { message_id } = await send("a2")
    await mesh.messages.acknowledge(await a1(), message_id)
  },
  NO_RECIPIENTS: () => send("lead"),
  NO_FLEET: () => send("a1", {}, stranger),
  async AGENT_ENDED() {
    await cancel()
    await send("a1", { fleet_id: "flt_1" })
  },
  LIMIT_REACHED: () => mesh.fleets.attach(lead, "flt_1", { role: "x", prompt: "x" }),
  PAYLOAD_TOO_LARGE: () => send("a1", { payload: "x".repeat(65_537) }),
  NOT_ALLOWED: () => spawn({}, delegate(lead)),
  async HOST_FAILED() {
    const supervise = (fleetId: string) =>
      void mesh.ledger.transact(async (tx) => {
        const failure = { code: "HOST_FAILED" as const, detail: "port in use" }
        for (const agent of await agentsOfFleet(tx, fleetId))
          await endAgent(tx, agent, { status: "failed", failure })
      })
    await mesh.end()
    mesh = await createMesh({ host_start_ms: 5000 }, { supervise })
    await spawn({})
  },
  CONFIG_UNUSABLE: () => readConfig("[1"),
  LEDGER_FOREIGN: async () => openLedger((await database("CREATE TABLE notes (id)")).path),
  LEDGER_NEWER: async () =>
    openLedger(
      (
        await database(
          `PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion + 1}`,
        )
      ).path,
    ),
  async LEDGER_BUSY() {
    const ledger = await openLedger(join(folder, "mesh.db"), { patienceMs: 10 })
    const { db } = await database("BEGIN IMMEDIATE")
    try {
      await ledger.transact(() => undefined)
    } finally {
      db.close()
      await ledger.close()
    }
  },
  async LEDGER_UNAVAILABLE() {
    mkdirSync(join(folder, "mesh.db"))
    await openLedger(join(folder, "mesh.db"))
  },
  INTERNAL() {
    throw toMeshError(new Error("a defect of ours"))
  },
}

/** Where the error was made: ours may not come from a test or a fake. */
const placeOf = (error: Error) =>
  error.stack!.split("\n").find((line) => /^\s+at (?!new MeshError)/.test(line))

describe("every code is met, with its values and a next step:", () => {
  for (const code of errorCodes)
    test(code, async () => {
      const error = await expectFailure(async () => provocations[code](), code)
      expect(placeOf(error)).toContain(`${join(import.meta.dir, "../../../plugin")}/`)
    })
})

test("what is unexpected keeps its cause, and what is expected stays what it is", () => {
  const cause = new Error("a defect of ours")
  expect(toMeshError(cause)).toMatchObject({ cause, detail: "Meshfleet failed: a defect of ours" })
  expect(toMeshError("text").detail).toBe("Meshfleet failed: text")
  const expected = toMeshError(cause)
  expect(toMeshError(expected)).toBe(expected)
})

test("an error of another copy of this plugin is one of ours", () => {
  const foreign = Object.assign(new Error("[LEDGER_BUSY] Locked."), {
    name: "MeshError",
    code: "LEDGER_BUSY",
  })
  expect(toMeshError(foreign)).toBe(foreign as unknown as MeshError)
  expect(toMeshError(new Error("other"))).toMatchObject({ code: "INTERNAL" })
})
