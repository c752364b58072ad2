import { afterEach, beforeEach, expect, test } from "bun:test"
import { hostById, insertHost, openHosts } from "../../../plugin/mesh/ledger/tables/hosts.ts"
import { dismissHosts } from "../../../plugin/mesh/supervision/leaving.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
let lead: Awaited<ReturnType<Mesh["given"]>>["lead"]

beforeEach(async () => {
  mesh = await createMesh()
  ;({ lead } = await mesh.given(["a", "b", "c"]))
  await mesh.ledger.transact(async (tx) => {
    for (const [index, name] of ["a", "b", "c"].entries()) {
      const id = `hst_${name}`
      await insertHost(tx, {
        id,
        fleet_id: "flt_1",
        nonce_hash: "",
        directory: "/shop",
        specialists: "[]",
        created_at: 1,
      })
      await tx.run(
        "UPDATE hosts SET status = 'ready', pid = ?, process_start = '1', beat_at = ? WHERE id = ?",
        200 + index,
        tx.at,
        id,
      )
      await tx.run("UPDATE agents SET host_id = ?, status = 'complete' WHERE name = ?", id, name)
    }
    await tx.run("UPDATE agents SET status = 'running' WHERE name = 'c'")
  })
})
afterEach(() => mesh.end())

const dismiss = (count: number, ...names: string[]) =>
  mesh.ledger.transact(async (tx) => {
    const candidates = []
    for (const name of names) candidates.push((await hostById(tx, `hst_${name}`))!)
    await dismissHosts(
      tx,
      { count, candidates, cause: "idle, and memory was running low" },
      { isAlive: mesh.isAlive, heartbeatMs: 5000 },
    )
  })
const ending = () =>
  mesh.ledger.read(async (db) =>
    (await openHosts(db, "flt_1")).flatMap(({ id, status }) => (status === "ending" ? [id] : [])),
  )
const send = (name: string) =>
  mesh.messages.send(lead, {
    fleet_id: "flt_1",
    to_agent_id: name,
    type: "question",
    payload: "Still there?",
  })

test("as many go as have to, the first of those that may", async () => {
  await dismiss(1, "a", "b")
  expect(await ending()).toEqual(["hst_a"])
  expect(await mesh.ledger.read((db) => hostById(db, "hst_a"))).toMatchObject({
    status: "ending",
    cause: "idle, and memory was running low",
  })
})

test("two supervisors that want the same one gone lose one host, not two", async () => {
  await Promise.all([dismiss(1, "a", "b"), dismiss(1, "a", "b")])
  expect(await ending()).toEqual(["hst_a"])
})

test("whoever is at work, or has mail that came first, stays, and the next one goes", async () => {
  await send("a")
  await dismiss(1, "c", "a", "b")
  expect(await ending()).toEqual(["hst_b"])
})

test("the last host that looks after a fleet without a lead stays", async () => {
  mesh.dead.add(100)
  mesh.dead.add(202)
  await dismiss(2, "a", "b")
  expect(await ending()).toEqual(["hst_a"])
})
