import { afterEach, beforeEach, expect, test } from "bun:test"
import { insertHost } from "../../../plugin/mesh/ledger/tables/hosts.ts"
import { session } from "../support/callers.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
const lead = session("ses_lead")

beforeEach(async () => {
  mesh = await createMesh()
  await mesh.given(["a1", "a2"])
  await mesh.ledger.transact(async (tx) => {
    await insertHost(tx, {
      id: "hst_1",
      fleet_id: "flt_1",
      nonce_hash: "",
      directory: "/shop",
      specialists: "[]",
      created_at: tx.at,
    })
    await tx.run("UPDATE hosts SET status = 'ready', pid = 500, process_start = '5'")
  })
  await mesh.set("a1", { status: "running", host_id: "hst_1" })
})
afterEach(() => mesh.end())

const health = () => mesh.health(lead)
const reasons = async () => (await health()).reasons.map(({ severity, what }) => [severity, what])

test("is ok where everything goes on, with what there is", async () => {
  expect(await health()).toEqual({
    status: "ok",
    timestamp: new Date(mesh.now()).toISOString(),
    counts: { fleets_running: 1, agents_at_work: 1, agents_waiting: 1, hosts: 1 },
    reasons: [],
  })
})

test("tells of agents that all wait, and of one that stalls", async () => {
  await mesh.set("a1", { awaits_mail_at: mesh.now() })
  await mesh.set("a2", { status: "complete" })
  expect(await reasons()).toEqual([["degraded", "stuck"]])
  await mesh.set("a1", { awaits_mail_at: null, stalled_at: mesh.now() })
  expect(await reasons()).toEqual([["degraded", "stalled"]])
})

test("tells of a host that is gone, and of a fleet that nobody looks after", async () => {
  mesh.dead.add(500)
  expect(await reasons()).toEqual([["degraded", "dead host"]])
  mesh.dead.add(100)
  const { status, reasons: why } = await health()
  expect(status).toBe("error")
  expect(why.at(-1)).toMatchObject({
    what: "abandoned",
    detail: expect.stringContaining("meshfleet supervise"),
  })
})

test("tells of little disk, and of less", async () => {
  const megabyte = 1024 * 1024
  mesh.freeDisk.bytes = 500 * megabyte
  expect(await reasons()).toEqual([["degraded", "disk"]])
  mesh.freeDisk.bytes = 50 * megabyte
  expect(await reasons()).toEqual([["error", "disk"]])
  mesh.freeDisk.bytes = undefined
  expect(await reasons()).toEqual([])
})

test("is an error where the ledger cannot be read, and says so", async () => {
  await mesh.ledger.close()
  expect(await health()).toMatchObject({ status: "error", reasons: [{ what: "ledger" }] })
})

test("knows nothing of other projects", async () => {
  mesh.dead.add(500)
  expect(await mesh.health(session("ses_x", { project: "/other/.git" }))).toMatchObject({
    status: "ok",
    counts: { fleets_running: 0 },
  })
})
