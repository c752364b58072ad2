import { afterEach, beforeEach, expect, test } from "bun:test"
import { insertHost } from "../../../plugin/mesh/ledger/tables/hosts.ts"
import { heldHosts } from "../../../plugin/mesh/fleets/held-hosts.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
beforeEach(async () => {
  mesh = await createMesh()
  await mesh.given(["a", "b", "c"], { fleet: { host_limit: 2 } })
  await mesh.given(["d"], {
    lead: "ses_other",
    fleet: { project: "/elsewhere/.git", host_limit: 8 },
  })
  await mesh.ledger.transact(async (tx) => {
    await insertHost(tx, {
      id: "hst_1",
      fleet_id: "flt_1",
      nonce_hash: "",
      directory: "/shop",
      specialists: "[]",
      created_at: 1,
    })
    await tx.run("UPDATE hosts SET pid = 7, process_start = '7', status = 'ready'")
    await tx.run("UPDATE agents SET host_id = 'hst_1', status = 'running' WHERE name = 'a'")
  })
})
afterEach(() => mesh.end())

const held = () => mesh.ledger.read((db) => heldHosts(db, mesh.isAlive))

test("fleets of all projects hold what they may still start, and what runs", async () => {
  expect(await held()).toEqual({ promised: 3, running: 1, idle: 0 })
})

test("a fleet that has ended, and one that nobody alive looks after, hold nothing", async () => {
  await mesh.ledger.transact((tx) =>
    tx.run("UPDATE fleets SET status = 'complete' WHERE id = 'flt_2'"),
  )
  expect(await held()).toEqual({ promised: 2, running: 1, idle: 0 })
  mesh.dead.add(100)
  expect(await held()).toEqual({ promised: 2, running: 1, idle: 0 })
  mesh.dead.add(7)
  expect(await held()).toEqual({ promised: 0, running: 0, idle: 0 })
})

test("a host that stays without work is promised to nobody: it gives way", async () => {
  await mesh.set("a", { status: "complete" })
  expect(await held()).toEqual({ promised: 3, running: 0, idle: 1 })
  await mesh.set("b", { status: "complete" })
  expect(await held()).toEqual({ promised: 2, running: 0, idle: 1 })
})
