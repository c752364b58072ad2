import { afterEach, beforeEach, expect, test } from "bun:test"
import { hostById, insertHost } from "../../../plugin/mesh/ledger/tables/hosts.ts"
import { type Ledger, openLedger } from "../../../plugin/mesh/ledger/ledger.ts"
import { claimSession } from "../../../plugin/mesh/ledger/tables/sessions.ts"
import { isGuarded } from "../../../plugin/mesh/supervision/guardians.ts"

const at = 100_000
const heartbeatMs = 5000
let ledger: Ledger
beforeEach(async () => {
  ledger = await openLedger(":memory:")
  await ledger.transact(async (tx) => {
    await tx.run(
      `INSERT INTO fleets (id, name, project, directory, lead_session, lead_rules, opencode, status,
         isolation, max_parallel, host_limit, created_at)
       VALUES ('flt_1', 'mine', '/shop', '/shop', 'ses_lead', '[]', 'opencode', 'running', 'process', 2, 2, 1)`,
    )
    await claimSession(tx, {
      id: "ses_lead",
      project: "/shop",
      agent_id: null,
      pid: 1,
      process_start: "1",
      updated_at: 1,
    })
    for (const id of ["hst_1", "hst_2"])
      await insertHost(tx, {
        id,
        fleet_id: "flt_1",
        nonce_hash: "",
        directory: "/shop",
        specialists: "[]",
        created_at: 1,
      })
    await tx.run(
      "UPDATE hosts SET status = 'ready', pid = 2, process_start = '2', beat_at = ? WHERE id = 'hst_2'",
      at,
    )
  })
})
afterEach(() => ledger.close())

const mayGo = (...living: number[]) =>
  ledger.read(async (db) =>
    isGuarded(
      db,
      (await hostById(db, "hst_1"))!,
      ({ pid }) => living.includes(pid),
      at,
      heartbeatMs,
    ),
  )

test("a host may go while its lead's OpenCode or another host of its fleet lives", async () => {
  expect([await mayGo(1), await mayGo(2)]).toEqual([true, true])
})

test("the last host of a fleet whose lead is gone stays while the fleet has work", async () => {
  expect(await mayGo()).toBe(false)
})

test("a host that gives no sign of life is nobody to rely on", async () => {
  await ledger.transact((tx) =>
    tx.run("UPDATE hosts SET beat_at = ? WHERE id = 'hst_2'", at - 15_001),
  )
  expect(await mayGo(2)).toBe(false)
})

test("the last host goes once its fleet has ended", async () => {
  await ledger.transact((tx) => tx.run("UPDATE fleets SET status = 'complete' WHERE id = 'flt_1'"))
  expect(await mayGo()).toBe(true)
})
