import { afterAll, beforeAll, expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openYear, yearCalls } from "../../../bench/support/year-calls.ts"
import { perFleet, writeYear } from "../../../bench/support/year-ledger.ts"
import type { Mesh } from "../../../plugin/cli/mesh/open-mesh.ts"
import { auditLedger } from "../../../plugin/mesh/audit/audit.ts"
import { openLedger } from "../../../plugin/mesh/ledger/ledger.ts"
import type { Param, Query } from "../../../plugin/mesh/ledger/port.ts"
import { openConnection } from "../../../plugin/mesh/ledger/sqlite/connection.ts"
import { outcomes } from "../../../plugin/mesh/ledger/tables/capabilities.ts"
import { fleetsOfProject } from "../../../plugin/mesh/ledger/tables/fleets.ts"
import { openQuestionsOfProject } from "../../../plugin/mesh/ledger/tables/questions.ts"
import { ownProcess } from "../../../plugin/system/processes.ts"

const day = 24 * 3_600_000
/** A hundredth of a year of heavy use. */
const fleets = 20

let home: string
let mesh: Mesh
let path: string
beforeAll(async () => {
  home = realpathSync(mkdtempSync(join(tmpdir(), "meshfleet-year-")))
  const directory = join(home, "project")
  mkdirSync(directory)
  path = join(home, "mesh.db")
  const ledger = await openLedger(path)
  const now = Date.now()
  await writeYear(ledger, { project: directory, directory, now, fleets, process: ownProcess() })
  await ledger.close()
  mesh = openYear(home, directory)
  await mesh.meshProcess.lazyLedger.ready()
})
afterAll(async () => {
  await mesh.close()
  rmSync(home, { recursive: true, force: true })
})

/** Statements that are run while `act` runs, each with who ran it. */
const statementsOf = async (act: (told: (who: string) => void) => Promise<unknown>) => {
  const { ledger } = mesh.meshProcess
  const { read, transact } = ledger
  const seen = new Map<string, string>()
  let who = ""
  const noting =
    <A extends unknown[], R>(run: (sql: string, ...params: A) => R) =>
    (sql: string, ...params: A) => {
      if (!seen.has(sql)) seen.set(sql, who)
      return run(sql, ...params)
    }
  const noted = <T extends Query>(db: T): T => ({
    ...db,
    get: noting(db.get),
    all: noting(db.all),
    ...("run" in db && { run: noting(db.run as (sql: string, ...params: Param[]) => unknown) }),
  })
  ledger.read = (query) => read((db) => query(noted(db)))
  ledger.transact = (change) => transact((tx) => change(noted(tx)))
  try {
    await act((name) => void (who = name))
  } finally {
    Object.assign(ledger, { read, transact })
  }
  return seen
}

/** What is as small as what is open, whatever has ended. */
const small =
  /^SCAN (cooldowns|\w+ USING (COVERING )?INDEX (fleets_running|fleets_pruned|hosts_open|worktrees_open|deliveries_accepted|ratifications_open|questions_open|outcomes_of_specialists))$/

const scansIn = async (statements: ReadonlyMap<string, string>) => {
  const db = await openConnection(path)
  try {
    return [...statements].flatMap(([sql, who]) =>
      db
        .all<{ detail: string }>(
          `EXPLAIN QUERY PLAN ${sql}`,
          ...Array<number>((sql.match(/\?/g) ?? []).length).fill(1),
        )
        .map(({ detail }) => detail)
        .filter((detail) => /^SCAN (?!CONSTANT|\(|\d)/.test(detail) && !small.test(detail))
        .map((detail) => `${who}: ${detail} of ${sql.replace(/\s+/g, " ")}`),
    )
  } finally {
    db.close()
  }
}

test("what a year leaves is a sound ledger", async () => {
  expect(await mesh.meshProcess.ledger.read(auditLedger)).toMatchObject({
    findings: [],
    counts: {
      fleets,
      agents: fleets * perFleet.agents,
      messages: fleets * perFleet.messages,
      events: fleets * perFleet.events,
    },
  })
})

test("no statement of a tool, or of an OpenCode that is open, reads a table from end to end", async () => {
  // The router takes seconds to load here; all that it asks the ledger is asked below.
  const calls = yearCalls(mesh, fleets - 1).filter(([name]) => !/route_work|list_agents/.test(name))
  const statements = await statementsOf(async (told) => {
    for (const [name, run] of calls) {
      told(name)
      await run()
    }
    told("others")
    await mesh.meshProcess.ledger.read(async (db) => [
      await outcomes(db, ["agent1-1"]),
      await openQuestionsOfProject(db, mesh.project),
    ])
  })
  expect(statements.size).toBeGreaterThan(45)
  expect(await scansIn(statements)).toEqual([])
})

test("it is pruned to its bound by statements that read no table from end to end, and stays sound", async () => {
  const { retention, ledger } = mesh.meshProcess
  const before = (await retention.size())!.bytes
  const statements = await statementsOf(async (told) => {
    told("prune")
    const pruned = await retention.prune({
      projects: [mesh.project],
      olderThanMs: 30 * day,
      polite: false,
    })
    expect(pruned).toMatchObject({
      fleets: 18,
      agents: 18 * perFleet.agents,
      messages: 18 * perFleet.messages,
      events: 18 * perFleet.events,
      kept: [],
    })
  })
  expect(await scansIn(statements)).toEqual([])
  const left = await ledger.read((db) => fleetsOfProject(db, mesh.project, null, 100))
  expect(left.map(({ status }) => status)).toEqual(["running", "complete"])
  expect((await ledger.read(auditLedger)).findings).toEqual([])
  // In steps, since its newest fleet runs.
  expect(await retention.giveBack()).toBeUndefined()
  expect((await retention.size())!.bytes).toBeLessThan(before / 5)
})
