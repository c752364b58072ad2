import { afterEach, beforeEach, expect, test } from "bun:test"
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

test("spawning refuses unknown agents and models before anything is written", async () => {
  await expectFailure(
    () => spawn(draft("a"), draft("b", { agent: "nobody" })),
    "UNKNOWN_SPECIALIST",
    "nobody",
  )
  await expectFailure(() => spawn(draft("a", { model: "no/model" })), "UNKNOWN_MODEL", "no/model")
  expect(await mesh.events()).toEqual([])
})
