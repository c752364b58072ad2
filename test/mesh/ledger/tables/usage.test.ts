import { afterEach, beforeEach, expect, test } from "bun:test"
import { recordUsage, stepsOfAttempt } from "../../../../plugin/mesh/ledger/tables/usage.ts"
import { session } from "../../support/callers.ts"
import { createMesh, type Mesh } from "../../support/mesh.ts"

let mesh: Mesh
beforeEach(async () => {
  mesh = await createMesh()
  await mesh.given(["a1", "a2"])
})
afterEach(() => mesh.end())

const record = (name: string, ...steps: [messageId: string, tokens: number, costUsd: number][]) =>
  mesh.ledger.transact(async (tx) =>
    recordUsage(
      tx,
      (await mesh.agentIn(tx, name)).id,
      steps.map(([messageId, tokens, costUsd]) => ({ messageId, tokens, costUsd })),
    ),
  )

test("an agent's sums are those of its steps, however often a step is told", async () => {
  await record("a1", ["m1", 100, 0.5], ["m2", 20, 0.25])
  await record("a1", ["m2", 30, 0.25])
  await record("a1", ["m1", 100, 0.5], ["m2", 30, 0.25], ["m3", 1, 0])
  await record("a2", ["m1", 7, 0])
  expect(await mesh.agent("a1")).toMatchObject({ tokens: 131, cost_usd: 0.75, turns: 3 })
  expect(await mesh.agent("a2")).toMatchObject({ tokens: 7, turns: 1 })
})

test("a step belongs to the attempt in which it was first told", async () => {
  await mesh.set("a1", { attempts: 1 })
  await record("a1", ["m1", 100, 0])
  await mesh.set("a1", { attempts: 2 })
  await record("a1", ["m1", 100, 0], ["m2", 100, 0])
  const steps = (attempt: number) =>
    mesh.ledger.read(async (db) => stepsOfAttempt(db, (await mesh.agentIn(db, "a1")).id, attempt))
  expect([await steps(1), await steps(2), await steps(3)]).toEqual([1, 1, 0])
})

test("a fleet's status shows what it has spent of what it may", async () => {
  await record("a1", ["m1", 100, 0.5])
  await record("a2", ["m1", 11, 0.25])
  await mesh.ledger.transact((tx) => tx.run(`UPDATE fleets SET budget = '{"tokens":1000}'`))
  await mesh.set("a1", { budget: '{"turns":5}' })
  mesh.clock.advance(2000)
  const { fleet, agents } = await mesh.results.status(session("ses_lead"), "flt_1")
  expect(fleet).toMatchObject({
    budget: { tokens: 1000 },
    spent: { tokens: 111, cost_usd: 0.75, turns: 2, duration_ms: 2000 },
  })
  expect(agents[0]).toMatchObject({ turns: 1, budget: { turns: 5 }, spent: { tokens: 100 } })
})

test("when a step was told first is kept, for whoever draws it over time", async () => {
  const began = mesh.clock.now()
  await record("a1", ["m1", 100, 0])
  mesh.clock.advance(5000)
  await record("a1", ["m1", 120, 0], ["m2", 1, 0])
  const times = await mesh.ledger.read((db) =>
    db.all<{ at: number }>("SELECT at FROM usage ORDER BY message_id"),
  )
  expect(times.map(({ at }) => at - began)).toEqual([0, 5000])
})
