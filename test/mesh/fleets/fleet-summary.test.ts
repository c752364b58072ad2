import { afterEach, beforeEach, expect, test } from "bun:test"
import { session } from "../support/callers.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
const lead = session("ses_lead")

beforeEach(async () => {
  mesh = await createMesh()
})
afterEach(() => mesh.end())

test("a list shows the project's fleets, newest first, with what became of their agents", async () => {
  await mesh.given(["a1", "a2", "a3"])
  await mesh.set("a1", { status: "complete" })
  await mesh.set("a2", { status: "starting" })
  mesh.clock.advance(1000)
  await mesh.given(["b1"], { lead: "ses_other" })
  expect((await mesh.fleets.list(lead, { limit: 20 })).fleets).toEqual([
    {
      fleet_id: "flt_2",
      name: "shop",
      status: "running",
      lead: false,
      created_at: "2026-01-01T00:00:01.000Z",
      agent_count: 1,
      agents_queued: 1,
      agents_running: 0,
      agents_complete: 0,
      agents_failed: 0,
      agents_cancelled: 0,
    },
    {
      fleet_id: "flt_1",
      name: "shop",
      status: "running",
      lead: true,
      created_at: "2026-01-01T00:00:00.000Z",
      agent_count: 3,
      agents_queued: 1,
      agents_running: 1,
      agents_complete: 1,
      agents_failed: 0,
      agents_cancelled: 0,
    },
  ])
  expect(
    (await mesh.fleets.list(session("x", { project: "/bank/.git" }), { limit: 20 })).fleets,
  ).toEqual([])
  expect((await mesh.fleets.list(lead, { limit: 20, status: "failed" })).fleets).toEqual([])
})
