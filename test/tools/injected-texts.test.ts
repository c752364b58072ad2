import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { renderDelivery } from "../../plugin/mesh/prompts.ts"
import { undelivered } from "../../plugin/mesh/ledger/tables/messages.ts"
import { createWork } from "../../plugin/mesh/work.ts"
import { auditLedger } from "../../plugin/mesh/audit/audit.ts"
import { createTools, type ToolName } from "../../plugin/tools/registry.ts"
import { injections } from "../fixtures/injected-texts.ts"
import { member, session } from "../mesh/support/callers.ts"
import { createMesh, type Mesh } from "../mesh/support/mesh.ts"

let mesh: Mesh
let tools: ReturnType<typeof createTools>
let real: (words: string) => string
const lead = session("ses_lead")

beforeAll(async () => {
  mesh = await createMesh()
  await mesh.given(["victim", "peer"])
  const other = await mesh.given(["far"], { lead: "ses_other" })
  await mesh.ledger.transact((tx) =>
    tx.run("UPDATE fleets SET project = '/other/.git' WHERE id = ?", other.id),
  )
  const mail = await mesh.messages.send(lead, {
    to_agent_id: "peer",
    type: "handoff",
    payload: "for you alone",
    fleet_id: "flt_1",
  })
  real = (words) =>
    words
      .replaceAll("FLEET", "flt_1")
      .replaceAll("OTHER", other.id)
      .replaceAll("PEER", "peer")
      .replaceAll("MAIL", mail.message_id)
  const none = { search: () => ({ total: 0, agents: [] }), find: () => undefined, near: () => [] }
  const work = createWork({
    ledger: mesh.ledger,
    ranker: { rank: async () => ({ matches: [] }) },
    specialists: { ...none, problems: () => [] },
  })
  tools = createTools({ ...mesh, work, audit: () => mesh.ledger.read(auditLedger) })
})
afterAll(() => mesh.end())

/** All that a fleet is, as far as an act beyond a member's rights could change it. */
const standing = () =>
  mesh.ledger.read(async (db) => ({
    fleets: await db.all("SELECT * FROM fleets"),
    agents: await db.all("SELECT * FROM agents"),
    capabilities: await db.all("SELECT * FROM capabilities"),
    others: await db.all("SELECT * FROM messages WHERE from_agent_id <> 'victim-1'"),
    unread: await db.all(
      "SELECT * FROM deliveries WHERE recipient = 'peer-1' AND acked_at IS NULL",
    ),
  }))

test("there are a hundred of them, each another", () => {
  expect(new Set(injections.flatMap(({ texts }) => texts)).size).toBe(100)
})

describe("a model that believes what it reads", () => {
  for (const { act, tool, args, refused, texts } of injections)
    test(`${act}: refused, and nothing has changed`, async () => {
      const victim = member(await mesh.agent("victim"))
      const before = await standing()
      const call = JSON.parse(real(JSON.stringify(args))) as object
      const outcome = await tools[tool as ToolName]
        .run(call, victim, { signal: new AbortController().signal, progress: () => undefined })
        .catch((error: { code: string }) => error.code)
      expect(outcome).toBe(refused)
      expect(await standing()).toEqual(before)
      expect(texts).toHaveLength(10)
    })
})

test("none of them stands in a conversation but quoted, behind the name of whoever sent it", async () => {
  const peer = member(await mesh.agent("peer"))
  for (const text of injections.flatMap(({ texts }) => texts.map(real))) {
    await mesh.messages.send(peer, { to_agent_id: "victim", type: "alert", payload: text })
    const mail = (await mesh.ledger.read((db) => undelivered(db, "victim-1", 1000))).slice(-1)
    const lines = renderDelivery(mail, () => "peer").split("\n")
    expect(lines[0]).toBe(`[meshfleet] alert from peer, ${mail[0]!.id}:`)
    expect(lines.slice(1).filter((line) => !/^>( |$)/.test(line))).toEqual([])
  }
})
