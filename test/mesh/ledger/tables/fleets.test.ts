import { afterEach, beforeEach, expect, test } from "bun:test"
import { unsettledFleets } from "../../../../plugin/mesh/ledger/tables/fleets.ts"
import { moveWorktree } from "../../../../plugin/mesh/ledger/tables/worktrees.ts"
import { session } from "../../support/callers.ts"
import { draft } from "../../support/draft.ts"
import { createMesh, type Mesh } from "../../support/mesh.ts"

let mesh: Mesh
const lead = session("ses_lead")

beforeEach(async () => {
  mesh = await createMesh()
})
afterEach(() => mesh.end())

test("an ended fleet needs a supervisor until its worktrees are kept or removed", async () => {
  await mesh.fleets.spawn(lead, { worktree: true, agents: [draft("a")] })
  await mesh.complete("a")
  const unsettled = () =>
    mesh.ledger.read(async (db) => (await unsettledFleets(db, lead.project)).length)
  expect(await unsettled()).toBe(1)
  await mesh.ledger.transact(async (tx) => moveWorktree(tx, (await mesh.treeIn(tx, "a"))!, "kept"))
  expect(await unsettled()).toBe(0)
})
