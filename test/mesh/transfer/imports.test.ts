import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { auditLedger } from "../../../plugin/mesh/audit/audit.ts"
import { migrations, schemaVersion } from "../../../plugin/mesh/ledger/migrations.ts"
import type { Ledger } from "../../../plugin/mesh/ledger/port.ts"
import { openLedger } from "../../../plugin/mesh/ledger/ledger.ts"
import { appendEvent } from "../../../plugin/mesh/ledger/tables/events.ts"
import { unsettledFleets } from "../../../plugin/mesh/ledger/tables/fleets.ts"
import { exportLedger } from "../../../plugin/mesh/transfer/export.ts"
import { importLines, type ImportOptions } from "../../../plugin/mesh/transfer/imports.ts"
import { createLedgerStore } from "../../../plugin/system/ledger-store.ts"
import { tablesOf } from "../../../plugin/mesh/ledger/columns.ts"
import { staying } from "../../../plugin/mesh/transfer/travelling.ts"
import { freshDatabase, postgresOrTold } from "../../support/postgres.ts"
import type { session } from "../support/callers.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"
import { tellStory } from "../support/story.ts"

let mesh: Mesh
let folder: string
let opened: Ledger[]
beforeEach(async () => {
  mesh = await createMesh()
  folder = mkdtempSync(join(tmpdir(), "meshfleet-transfer-"))
  opened = []
})
afterEach(async () => {
  await mesh.end()
  for (const ledger of opened) await ledger.close()
  rmSync(folder, { recursive: true, force: true })
})

const now = () => mesh.now() + 3_600_000
const empty = async (place = ":memory:") => {
  const ledger = await createLedgerStore(place).open({ now })
  opened.push(ledger)
  return ledger
}
const exported = async (ledger: Ledger, fleetId?: string) => {
  const lines: string[] = []
  await ledger.read((db) =>
    exportLedger(db, { fleetId, exportedAt: 0, write: (line) => void lines.push(line) }),
  )
  return lines
}
const bring = (lines: readonly string[], ledger: Ledger, more: Partial<ImportOptions> = {}) =>
  importLines(
    lines,
    { ledger, folder: mkdtempSync(join(folder, "staged-")), now },
    { isDryRun: false, withGrants: true, ...more },
  )
const audit = (ledger: Ledger) => ledger.read(auditLedger)
const sound = { ok: true, errors: 0, warnings: 0, findings: [] }
const rowsOf = (lines: readonly string[], table: string) =>
  lines
    .map((line) => JSON.parse(line) as { table?: string; row: Record<string, unknown> })
    .filter((line) => line.table === table)
    .map(({ row }) => row)
const withLine = (lines: readonly string[], table: string, change: object) => {
  const at = lines.findIndex((line) => line.startsWith(`{"table":"${table}"`))
  const { row } = JSON.parse(lines[at]!) as { row: object }
  return {
    at: at + 1,
    lines: lines.with(at, JSON.stringify({ table, row: { ...row, ...change } })),
  }
}

/** More than two pages of mail, of which nobody is woken. */
const fill = async (fleetId: string, lead: ReturnType<typeof session>) => {
  await mesh.messages.sendMany(
    lead,
    Array.from({ length: 1000 }, (_, at) => ({
      ...{ fleet_id: fleetId, to_agent_id: at % 2 ? "a1" : "a2", type: "result" as const },
      ...{ payload: `number ${at}`, wake: false },
    })),
  )
}

describe("an exported ledger", () => {
  test("begins with what it is and ends with how much there is, and holds every table that travels", async () => {
    await tellStory(mesh)
    const lines = await exported(mesh.ledger)
    expect(JSON.parse(lines[0]!)).toEqual({
      ...{ schema: "meshfleet.ledger", version: schemaVersion },
      exported_at: "1970-01-01T00:00:00.000Z",
    })
    expect(JSON.parse(lines.at(-1)!)).toEqual({ end: true, rows: lines.length - 2 })
    const all = tablesOf(migrations).map(({ name }) => name)
    const held = all.filter((name) => rowsOf(lines, name).length > 0)
    expect(held).toEqual(all.filter((name) => !staying.includes(name)))
  })

  test("holds nothing by which a process is reached or spoken for", async () => {
    await tellStory(mesh)
    const lines = await exported(mesh.ledger)
    expect(lines.join("\n")).not.toContain("secret of")
    expect(lines.join("\n")).not.toContain("4711")
    for (const host of rowsOf(lines, "hosts"))
      expect(host).toMatchObject({ nonce_hash: "", pid: null, starter_pid: null })
  })

  test("of one fleet holds that one alone, and is sound by itself", async () => {
    const { ended, running } = await tellStory(mesh)
    const lines = await exported(mesh.ledger, ended)
    expect(JSON.parse(lines[0]!)).toMatchObject({ fleet_id: ended })
    expect(lines.slice(1).join("\n")).not.toContain(running)
    expect(rowsOf(lines, "agents")).toHaveLength(4)
    expect(rowsOf(lines, "receipts").length).toBeGreaterThan(3)
    const target = await empty()
    await bring(lines, target)
    expect(await audit(target)).toMatchObject(sound)
  })
})

describe("an import", () => {
  test("into an empty ledger makes it the same: its export is equal, and it is sound", async () => {
    const { ended } = await tellStory(mesh)
    await mesh.set("a2", { partial: "NUL \0, \u2028, \u001b[31m and 🛰️" })
    const lines = await exported(mesh.ledger, ended)
    const target = await empty()
    const { counts, interrupted } = await bring(lines, target)
    expect(await exported(target, ended)).toEqual(lines)
    expect(await audit(target)).toMatchObject(sound)
    expect(interrupted).toEqual([])
    expect(Object.values(counts).reduce((a, b) => a + b, 0)).toBe(lines.length - 2)
  })

  test("of many pages loses and doubles none of them, whatever tells their rows apart", async () => {
    const { ended, lead } = await tellStory(mesh)
    await fill(ended, lead)
    const lines = await exported(mesh.ledger, ended)
    for (const table of ["messages", "deliveries", "events"])
      expect(rowsOf(lines, table).length).toBeGreaterThan(1000)
    const target = await empty()
    await bring(lines, target)
    expect(await exported(target, ended)).toEqual(lines)
    expect(await audit(target)).toMatchObject(sound)
  })

  test("ends what ran with its cause, keeps what it had said, and wakes nobody", async () => {
    const { ended, running, lead } = await tellStory(mesh)
    // An ended fleet in which somebody was just about to be woken.
    await mesh.messages.send(lead, {
      ...{ fleet_id: ended, to_agent_id: "a1", type: "question", payload: "And now?" },
    })
    const target = await empty()
    const { interrupted } = await bring(await exported(mesh.ledger), target)
    expect(interrupted).toEqual([running])
    const rows = await target.read(async (db) => ({
      agents: await db.all<object>(
        "SELECT * FROM agents WHERE fleet_id = ? ORDER BY position",
        running,
      ),
      fleet: await db.get<object>("SELECT * FROM fleets WHERE id = ?", running),
      hosts: await db.all("SELECT id FROM hosts WHERE status <> 'ended'"),
      waking: await db.all(
        "SELECT recipient FROM deliveries WHERE wake = 1 AND recipient NOT LIKE 'lead:%'",
      ),
      open: await db.all("SELECT id FROM questions WHERE state = 'open'"),
    }))
    expect(rows.agents).toMatchObject([
      { status: "failed", error_code: "HOST_LOST", partial: "so far" },
      { status: "failed", error_code: "HOST_LOST", partial: "so far" },
      { status: "failed", error_code: "HOST_LOST" },
    ])
    expect((rows.agents[0] as { error_detail: string }).error_detail).toContain("taken elsewhere")
    expect(rows.fleet).toMatchObject({ status: "failed" })
    expect([rows.hosts, rows.waking, rows.open]).toEqual([[], [], []])
    // Nobody has to look after them: nothing is started, and no worktree of the other ledger removed.
    expect(await target.read((db) => unsettledFleets(db, null))).toEqual([])
    expect(await audit(target)).toMatchObject(sound)
  })

  test("of what has ended by an import goes on unchanged from ledger to ledger", async () => {
    await tellStory(mesh)
    const first = await empty()
    await bring(await exported(mesh.ledger), first)
    const lines = await exported(first)
    const second = await empty()
    await bring(lines, second)
    expect(await exported(second)).toEqual(lines)
  })

  test("comes after what is there: numbers go on, and the whole is sound", async () => {
    const { ended, running } = await tellStory(mesh)
    const target = await empty()
    await bring(await exported(mesh.ledger, ended), target)
    // What is imported is older than what was here.
    mesh.clock.advance(86_400_000)
    await target.transact((tx) => appendEvent(tx, { type: "routing.outcome" }))
    await bring(await exported(mesh.ledger, running), target)
    expect(await audit(target)).toMatchObject({ ...sound, counts: { fleets: 2, agents: 7 } })
    const { mail } = await target.read(async (db) => ({
      mail: await db.all<{ payload: string }>(
        "SELECT m.payload FROM messages m JOIN deliveries d ON d.message_seq = m.seq WHERE d.recipient LIKE 'b2%'",
      ),
    }))
    expect(mail).toContainEqual({ payload: "halfway" })
  })

  test("of what is there already is refused, and names what", async () => {
    const { ended } = await tellStory(mesh)
    const lines = await exported(mesh.ledger)
    const target = await empty()
    await bring(lines, target)
    const before = await exported(target)
    for (const isDryRun of [true, false])
      await expect(bring(lines, target, { isDryRun })).rejects.toMatchObject({
        code: "NAME_TAKEN",
        detail: expect.stringContaining(`fleets ${ended}`),
      })
    expect(await exported(target)).toEqual(before)
  })

  test("that is tried changes nothing and says what it would do", async () => {
    await tellStory(mesh)
    const target = await empty()
    const lines = await exported(mesh.ledger)
    const tried = await bring(lines, target, { isDryRun: true })
    expect(await exported(target)).toHaveLength(2)
    expect(tried).toEqual(await bring(lines, target))
  })

  test("leaves what was allowed there behind, unless a person takes it over", async () => {
    await tellStory(mesh)
    const lines = await exported(mesh.ledger)
    const without = await empty()
    expect((await bring(lines, without, { withGrants: false })).left).toEqual({ grants: 1 })
    expect(rowsOf(await exported(without), "grants")).toEqual([])
    const withThem = await empty()
    await bring(lines, withThem)
    expect(rowsOf(await exported(withThem), "grants")).toEqual(rowsOf(lines, "grants"))
  })

  test("keeps counts of its own where both ledgers have them", async () => {
    await tellStory(mesh)
    const target = await empty()
    await target.transact((tx) =>
      tx.run(
        "INSERT INTO outcomes (subject, capability_key, successes, failures) VALUES ('code-reviewer', 'review', 7, 1)",
      ),
    )
    const { left } = await bring(await exported(mesh.ledger), target)
    expect(left).toEqual({ outcomes: 1 })
    expect(rowsOf(await exported(target), "outcomes")).toMatchObject([{ successes: 7 }])
  })

  test("of a file from an older version brings it up to date first", async () => {
    await tellStory(mesh)
    const old = tablesOf(migrations.slice(0, 1))
    const lines = (await exported(mesh.ledger)).flatMap((line, at, all) => {
      const value = JSON.parse(line) as { table?: string; row: Record<string, unknown> }
      if (at === 0) return [JSON.stringify({ ...value, version: 1 })]
      if (at === all.length - 1) return []
      const table = old.find(({ name }) => name === value.table)
      if (!table || value.table === "ratifications") return []
      // That version knew no receipts.
      if (["receipt.written", "vote.cast"].includes(String(value.row["type"]))) return []
      const row = Object.fromEntries(table.columns.map(({ name }) => [name, value.row[name]]))
      return [JSON.stringify({ table: value.table, row })]
    })
    const target = await empty()
    await bring([...lines, JSON.stringify({ end: true, rows: lines.length - 1 })], target)
    expect(await audit(target)).toMatchObject({ ...sound, counts: { fleets: 2, receipts: 0 } })
  })
})

describe("an import refuses the whole file, names the line, and changes nothing", () => {
  const header = (more: object) =>
    JSON.stringify({
      ...{ schema: "meshfleet.ledger", version: schemaVersion },
      ...{ exported_at: "2026-01-01T00:00:00Z", ...more },
    })
  const refused: Record<
    string,
    (lines: string[]) => { lines: readonly string[]; code?: string; says: string }
  > = {
    "that is empty": () => ({ lines: [], says: "Line 1: the file is empty" }),
    "that is none of ours": () => ({ lines: ['{"hello":1}'], says: "Line 1: " }),
    "of a newer version": (lines) => ({
      lines: [header({ version: schemaVersion + 1 }), ...lines.slice(1)],
      ...{ code: "LEDGER_NEWER", says: `schema ${schemaVersion + 1}` },
    }),
    "that was cut off": (lines) => ({
      ...{ lines: lines.slice(0, -1), says: `Line ${lines.length - 1}: the file ends before` },
    }),
    "with a line missing": (lines) => ({
      ...{ lines: lines.toSpliced(5, 1), says: `Line ${lines.length - 1}: ` },
    }),
    "with a line that is no JSON": (lines) => ({ lines: lines.with(3, "{"), says: "Line 4: " }),
    "with more after its end": (lines) => ({
      ...{ lines: [...lines, lines[1]!], says: `Line ${lines.length + 1}: there is more` },
    }),
    "with a table that is not there": (lines) => ({
      lines: lines.with(2, '{"table":"sessions2","row":{}}'),
      says: 'Line 3: there is no table "sessions2"',
    }),
    "with a column that is not there": (lines) => {
      const changed = withLine(lines, "agents", { sudo: 1 })
      return { lines: changed.lines, says: `Line ${changed.at}: Unrecognized key: "sudo"` }
    },
    "with a value of another type": (lines) => {
      const changed = withLine(lines, "agents", { position: "first" })
      return { lines: changed.lines, says: `Line ${changed.at}: position: ` }
    },
    "with a value missing": (lines) => {
      const changed = withLine(lines, "messages", { payload: null })
      return { lines: changed.lines, says: `Line ${changed.at}: payload: ` }
    },
    "with the same row twice": (lines) => {
      const at = lines.findIndex((line) => line.startsWith('{"table":"agents"'))
      const more = lines.toSpliced(at, 0, lines[at]!)
      const end = JSON.stringify({ end: true, rows: more.length - 2 })
      return { lines: more.with(more.length - 1, end), says: `Line ${at + 2}: agents: ` }
    },
    "that contradicts itself": (lines) => ({
      lines: withLine(lines, "agents", { status: "asleep" }).lines,
      says: "agent-status (a1",
    }),
  }
  for (const [title, damage] of Object.entries(refused))
    test(title, async () => {
      await tellStory(mesh)
      const { lines, code = "INVALID_ARGUMENT", says } = damage(await exported(mesh.ledger))
      const target = await empty()
      await expect(bring(lines, target)).rejects.toMatchObject({
        code,
        detail: expect.stringContaining(says),
      })
      expect(await exported(target)).toHaveLength(2)
    })
})

const server = await postgresOrTold(import.meta.path)
if (server)
  test("a ledger moves from a file to Postgres and back, and stays the same", async () => {
    const { ended, lead } = await tellStory(mesh)
    await fill(ended, lead)
    const lines = await exported(mesh.ledger, ended)
    const database = await freshDatabase(server)
    try {
      const there = await empty(database.address)
      await bring(lines, there)
      expect(await exported(there)).toEqual(lines.with(0, (await exported(there))[0]!))
      expect(await audit(there)).toMatchObject(sound)
      const back = await openLedger(join(folder, "back.db"))
      opened.push(back)
      await bring(await exported(there), back)
      expect(await exported(back, ended)).toEqual(lines)
      expect(await audit(back)).toMatchObject(sound)
      await there.close()
    } finally {
      await database.drop()
    }
  })
