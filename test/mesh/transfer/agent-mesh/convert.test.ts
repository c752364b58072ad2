import { afterEach, beforeEach, expect, test } from "bun:test"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { auditLedger } from "../../../../plugin/mesh/audit/audit.ts"
import { openConnection } from "../../../../plugin/mesh/ledger/sqlite/connection.ts"
import { queryOver } from "../../../../plugin/mesh/ledger/sqlite/readers.ts"
import { readJson, readTables } from "../../../../plugin/mesh/transfer/agent-mesh/read.ts"
import { importAgentMesh } from "../../../../plugin/mesh/transfer/imports.ts"
import { asTables, unversioned, version1, version2 } from "../../support/agent-mesh.ts"
import { session } from "../../support/callers.ts"
import { createMesh, type Mesh } from "../../support/mesh.ts"

let mesh: Mesh
let folder: string
beforeEach(async () => {
  mesh = await createMesh()
  mesh.clock.advance(Date.UTC(2026, 10, 1) - mesh.now())
  folder = mkdtempSync(join(tmpdir(), "meshfleet-agent-mesh-"))
})
afterEach(async () => {
  await mesh.end()
  rmSync(folder, { recursive: true, force: true })
})

const person = session("human:1", { human: true })
const home = {
  ...{ project: "/shop/.git", directory: "/shop" },
  ...{ leadSession: person.sessionId, opencode: "/bin/opencode" },
}
const bring = (source: object, isDryRun = false) =>
  importAgentMesh(
    readJson(JSON.stringify(source)),
    home,
    { ledger: mesh.ledger, folder: mkdtempSync(join(folder, "s-")), now: mesh.now },
    { isDryRun },
  )
const brought = async (source: object) => {
  const done = await bring(source)
  if (!("counts" in done)) throw new Error("imported before")
  return done
}
const all = <Row extends object>(sql: string) => mesh.ledger.read((db) => db.all<Row>(sql))
const sound = async () => expect((await mesh.ledger.read(auditLedger)).findings).toEqual([])

for (const [title, ledger] of Object.entries({ none: unversioned, "1": version1, "2": version2 }))
  test(`a ledger of schema version ${title} is imported as ended fleets, and is sound`, async () => {
    await brought(ledger())
    expect(
      await all(
        "SELECT id, name, role, agent, status, output, partial FROM agents WHERE fleet_id = 'fleet-1' ORDER BY position",
      ),
    ).toEqual([
      {
        ...{ id: "agent-1", name: "security-reviewer", role: "Security Reviewer" },
        ...{ agent: "security-reviewer", status: "complete", output: "none found", partial: null },
      },
      {
        ...{ id: "agent-2", name: "security-reviewer-2", role: "Security Reviewer" },
        ...{ agent: null, status: "failed", output: null, partial: "I began" },
      },
    ])
    expect(
      await all("SELECT status, ended_at - created_at AS took FROM fleets WHERE id = 'fleet-1'"),
    ).toEqual([{ status: "failed", took: 90_000 }])
    await sound()
  })

test("what was at work when it was left has ended with its cause", async () => {
  await brought(version2())
  expect(
    await all(
      "SELECT name, status, error_code, error_detail FROM agents WHERE fleet_id = 'fleet-2' ORDER BY position",
    ),
  ).toEqual([
    {
      ...{ name: "tester", status: "failed", error_code: "HOST_LOST" },
      error_detail: "agent-mesh has kept it as running",
    },
    {
      // The name of the lead is nobody else's.
      ...{ name: "lead-2", status: "failed", error_code: "HOST_LOST" },
      error_detail: "agent-mesh has kept it as pending",
    },
  ])
})

test("its mail is read and acknowledged with the tools, by the person and by a session that adopts the fleet", async () => {
  await brought(version2())
  const read = (caller: typeof person, agent_id?: string) =>
    mesh.messages.inbox(caller, { agent_id, limit: 20 })
  expect((await read(person)).messages).toMatchObject([
    {
      ...{ id: "msg-2", from_agent_id: "agent-2", to_agent_id: "lead", fleet_id: "fleet-1" },
      ...{ type: "request_help", payload: "Which port?", acknowledged: false },
      timestamp: "2026-06-01T00:00:04.000Z",
    },
    {
      ...{ id: "msg-4", to_agent_id: "*", payload: "Ship it?" },
      recipients: ["agent-2", "lead"],
    },
  ])
  await mesh.messages.acknowledge(person, "msg-2")
  expect((await read(person)).messages.map(({ id }) => id)).toEqual(["msg-4"])
  // What nobody acknowledged there waits in the agent's inbox; who wrote it is told by its own name.
  expect((await read(person, "agent-2")).messages).toMatchObject([
    { id: "msg-3", from_agent_id: "lead", via: "orchestrator", payload: '{"port":80}' },
    { id: "msg-4", from_agent_id: "agent-1" },
  ])
  const lead = session("ses_new")
  await mesh.fleets.stop(lead, "fleet-1", { mode: "cancel" })
  expect((await read(lead)).messages.map(({ id }) => id)).toEqual(["msg-4"])
  await mesh.messages.acknowledge(lead, "msg-4")
  await mesh.messages.acknowledge(lead, "msg-3", "agent-2")
  expect((await read(lead)).messages).toEqual([])
  expect(await mesh.deliveries("msg-3")).toEqual([
    { recipient: "agent-2", state: "acked", wake: 0 },
  ])
  await sound()
})

test("receipts and votes come along as they count here, and what does not is told", async () => {
  const { leftOut } = await brought(version2())
  expect(await all("SELECT message_id, actor, action, note FROM receipts ORDER BY seq")).toEqual([
    { message_id: "msg-4", actor: "agent-2", action: "r-decline", note: null },
    { message_id: "msg-4", actor: "agent-2", action: "r-ack:2", note: "now it is fine" },
    { message_id: "msg-1", actor: "agent-1", action: "retracted", note: "no need" },
  ])
  expect(await all("SELECT status, voters FROM ratifications")).toEqual([
    { status: "ratified", voters: '[{"voter":"agent-2","weight":1,"signoff":true}]' },
  ])
  expect(
    await all(
      "SELECT state, seen_at - accepted_at AS seen, acked_at - accepted_at AS acked FROM deliveries WHERE message_seq = 1",
    ),
  ).toEqual([{ state: "acked", seen: 200, acked: 500 }])
  expect(leftOut).toEqual({
    ...{ "agents of a fleet that is not there": 1, "messages of a fleet that is not there": 1 },
    ...{ "fleets without agents": 1, "receipts whose message is not there": 1 },
    ...{ "votes that did not count": 1, "registered capabilities": 1, templates: 1 },
  })
})

test("a proposal that was open when it was left has expired", async () => {
  const source = version2()
  const open = { ...source.ratifications["msg-4"], status: "open", resolved_at: undefined }
  await brought({ ...source, ratifications: { "msg-4": open } })
  expect(await all("SELECT status, resolved_at FROM ratifications")).toEqual([
    { status: "expired", resolved_at: mesh.now() },
  ])
  await sound()
})

test("the same is imported once, from whichever file, and afterwards only said to be there", async () => {
  expect("counts" in (await bring(version2(), true))).toBe(true)
  expect(await all("SELECT id FROM fleets")).toEqual([])
  await brought(version2())
  const before = await all("SELECT * FROM events")
  expect(await bring(version2())).toEqual({ importedAt: new Date(mesh.now()).toISOString() })
  const db = await openConnection(":memory:")
  for (const sql of asTables(version2())) db.exec(sql)
  const tables = await readTables(queryOver(db))
  db.close()
  expect(
    await importAgentMesh(
      tables,
      home,
      { ledger: mesh.ledger, folder, now: mesh.now },
      { isDryRun: false },
    ),
  ).toEqual({ importedAt: new Date(mesh.now()).toISOString() })
  expect(await all("SELECT * FROM events")).toEqual(before)
})

test("a later state of the same ledger meets its fleets here, and is refused", async () => {
  await brought(unversioned())
  await expect(bring(version2())).rejects.toMatchObject({
    code: "NAME_TAKEN",
    detail: expect.stringContaining("fleets fleet-1"),
  })
  expect(await all("SELECT id FROM fleets")).toHaveLength(1)
})

const wrong: Record<
  string,
  [change: (ledger: ReturnType<typeof version2>) => unknown, says: string]
> = {
  "is of a newer version": [(l) => ({ ...l, schema_version: 3 }), "schema version is 3"],
  "has no fleets": [(l) => ({ ...l, fleets: undefined }), "fleets: "],
  "has a status that is none": [
    (l) => ({ ...l, agents: { x: { ...l.agents["agent-1"], status: "asleep" } } }),
    "agents.x.status: ",
  ],
  "has a message of no type": [
    (l) => ({ ...l, messages: { m: { ...l.messages["msg-1"], type: "gossip" } } }),
    "messages.m.type: ",
  ],
  "has a time that is none": [
    (l) => ({ ...l, messages: { m: { ...l.messages["msg-1"], timestamp: -1 } } }),
    "messages.m.timestamp: ",
  ],
  "has the same agent twice": [
    (l) => ({ ...l, agents: { ...l.agents, again: l.agents["agent-1"] } }),
    "agents.again: it is filed under another id",
  ],
  "has an id of several lines": [
    (l) => ({ ...l, agents: { "a\nb": { ...l.agents["agent-1"], id: "a\nb" } } }),
    "agents.a\nb.id: ",
  ],
}
for (const [title, [change, says]] of Object.entries(wrong))
  test(`a ledger that ${title} is refused, with the place`, () => {
    expect(() => readJson(JSON.stringify(change(version2())))).toThrow(says)
  })
