import type { Query } from "../../../../plugin/mesh/ledger/port.ts"
import { afterEach, beforeEach, expect, test } from "bun:test"
import type { AgentDraft } from "../../../../plugin/mesh/fleets/fleet-draft.ts"
import { unsettledFleets } from "../../../../plugin/mesh/ledger/tables/fleets.ts"
import { moveWorktree, worktreeOf } from "../../../../plugin/mesh/ledger/tables/worktrees.ts"
import { endAgent } from "../../../../plugin/mesh/lifecycle/outcome.ts"
import { session } from "../../support/callers.ts"
import { createMesh, type Mesh } from "../../support/mesh.ts"

let mesh: Mesh
const lead = session("ses_lead")

beforeEach(async () => {
  mesh = await createMesh()
})
afterEach(() => mesh.end())

const draft = (role: string, more: Partial<AgentDraft> = {}): AgentDraft => ({
  role,
  prompt: `do ${role}`,
  ...more,
})
const treeIn = async (db: Query, name: string) => worktreeOf(db, (await mesh.agentIn(db, name)).id)
const complete = (name: string) =>
  mesh.ledger.transact(async (tx) =>
    endAgent(tx, await mesh.agentIn(tx, name), { status: "complete", output: "done" }),
  )

test("an ended fleet needs a supervisor until its worktrees are kept or removed", async () => {
  await mesh.fleets.spawn(lead, { worktree: true, agents: [draft("a")] })
  await complete("a")
  const unsettled = () =>
    mesh.ledger.read(async (db) => (await unsettledFleets(db, lead.project)).length)
  expect(await unsettled()).toBe(1)
  await mesh.ledger.transact(async (tx) => moveWorktree(tx, (await treeIn(tx, "a"))!, "kept"))
  expect(await unsettled()).toBe(0)
})
