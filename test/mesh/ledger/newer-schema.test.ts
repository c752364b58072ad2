import { afterEach, beforeEach, expect, test } from "bun:test"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { auditLedger } from "../../../plugin/mesh/audit/audit.ts"
import { openLedger } from "../../../plugin/mesh/ledger/ledger.ts"
import { schemaVersion } from "../../../plugin/mesh/ledger/migrations.ts"
import { newerSchema, onceNewer } from "../../../plugin/mesh/ledger/newer-schema.ts"
import { eventsSince } from "../../../plugin/mesh/ledger/tables/events.ts"
import { startChild } from "../../support/child.ts"

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "meshfleet-newer-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test("processes that were writing when a newer Meshfleet opens the ledger stop there, lose nothing, and read on", async () => {
  const path = join(folder, "mesh.db")
  const older = [0, 1, 2].map(() => startChild("write-until-newer", [path]))
  try {
    await Promise.all(older.map((each) => each.says("writing")))
    const newer = await openLedger(path)
    await Promise.all(older.map((each) => each.says("stopped")))
    const written = older.map((each) => Number(/wrote (\d+)/.exec(each.output())![1]))
    for (const each of older)
      expect(each.output()).toContain("then LEDGER_NEWER LEDGER_NEWER LEDGER_NEWER")
    const events = await newer.read((db) => eventsSince(db, 0, undefined, 1_000_000))
    expect(events.filter(({ agent_id }) => agent_id === "old")).toHaveLength(
      written.reduce((sum, count) => sum + count, 0),
    )
    for (const each of older) each.tell("end\n")
    expect(await Promise.all(older.map((each) => each.ended))).toEqual([0, 0, 0])
    for (const each of older) expect(each.output()).toContain(`read ${events.length}`)
    const { findings } = await newer.read(auditLedger)
    expect(findings.filter(({ check }) => !check.startsWith("event-"))).toEqual([])
    await newer.close()
  } finally {
    for (const each of older) each.kill()
  }
})

test("the message says what there is, what is known, that nothing is lost, and what to do", () => {
  const { code, detail, next } = newerSchema("/m/mesh.db", schemaVersion + 1, schemaVersion)
  expect(code).toBe("LEDGER_NEWER")
  expect(detail).toBe(
    `The ledger /m/mesh.db has schema ${schemaVersion + 1}; this Meshfleet knows only ${schemaVersion}, so it writes nothing there. Nothing is lost.`,
  )
  expect(next).toContain("restart OpenCode")
})

test("whoever meets it again and again is logged and told once, and everything else is logged as it comes", () => {
  const logged: unknown[] = []
  const told: unknown[] = []
  const log = onceNewer(
    (error) => logged.push(error),
    (error) => told.push(error),
  )
  const other = new Error("disk")
  const newer = newerSchema("/m/mesh.db", 2, 1)
  for (const error of [newer, other, newer, newerSchema("/m/mesh.db", 2, 1), other]) log(error)
  expect(logged).toEqual([newer, other, other])
  expect(told).toEqual([newer])
})
