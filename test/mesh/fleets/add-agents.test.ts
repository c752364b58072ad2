import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import type { AgentDraft } from "../../../plugin/mesh/fleets/fleet-draft.ts"
import { session } from "../support/callers.ts"
import { expectFailure } from "../support/errors.ts"
import { draft } from "../support/draft.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
const lead = session("ses_lead")

beforeEach(async () => {
  mesh = await createMesh()
})
afterEach(() => mesh.end())

const spawn = (...agents: AgentDraft[]) => mesh.fleets.spawn(lead, { agents })

describe("adding agents", () => {
  test("registers each agent's role and skills, the specialist's included", async () => {
    await spawn(draft("Reviewer", { agent: "code-reviewer", skills: ["css", "review"] }))
    const rows = await mesh.ledger.read((db) => db.all("SELECT role, skills FROM capabilities"))
    expect(rows).toEqual([{ role: "Reviewer", skills: '["css","review","diffs"]' }])
  })

  test("makes names of roles unique, and keeps chosen names", async () => {
    await spawn(
      draft("Reviewer"),
      draft("reviewer"),
      draft("x", { name: "reviewer-2" }),
      draft("Lead"),
      draft("!!!"),
    )
    expect((await mesh.agents()).map((agent) => agent.name)).toEqual([
      "reviewer",
      "reviewer-3",
      "reviewer-2",
      "lead-2",
      "agent",
    ])
  })

  test("refuses a chosen name that is taken, or ours", async () => {
    await expectFailure(
      () => spawn(draft("x", { name: "same" }), draft("y", { name: "same" })),
      "NAME_TAKEN",
      "same",
    )
    for (const name of ["lead", "meshfleet"])
      await expectFailure(() => spawn(draft("x", { name })), "NAME_TAKEN", name)
    expect(await mesh.events()).toEqual([])
  })
})
