import { afterEach, beforeEach, expect, test } from "bun:test"
import { eventsSince } from "../../../../plugin/mesh/ledger/tables/events.ts"
import { endHost, hostById, insertHost } from "../../../../plugin/mesh/ledger/tables/hosts.ts"
import { type Ledger, openLedger } from "../../../../plugin/mesh/ledger/ledger.ts"

let ledger: Ledger
beforeEach(async () => {
  ledger = await openLedger(":memory:", { now: () => 5 })
})
afterEach(() => ledger.close())

test("a host ends once, with the cause that was written first and one event", async () => {
  const host = {
    id: "host_1",
    fleet_id: "fleet_1",
    nonce_hash: "",
    directory: "/project",
    specialists: "[]",
    created_at: 1,
  }
  const ended = await ledger.transact(async (tx) => {
    await insertHost(tx, host)
    const first = await endHost(tx, { ...host, pid: 7 }, "no sign of life")
    const second = await endHost(tx, { ...host, pid: 7 }, "work done")
    return [first, second]
  })
  expect(ended).toEqual([true, false])
  expect(await ledger.read((db) => hostById(db, "host_1"))).toMatchObject({
    status: "ended",
    ended_at: 5,
    cause: "no sign of life",
  })
  const events = await ledger.read((db) => eventsSince(db, 0))
  expect(events.map(({ at, type, data }) => [at, type, JSON.parse(data)])).toEqual([
    [5, "host.ended", { host_id: "host_1", pid: 7, cause: "no sign of life" }],
  ])
})
