import { agentsOfFleet } from "../../../plugin/mesh/ledger/tables/agents.ts"
import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import type { AgentDraft } from "../../../plugin/mesh/fleets/fleet-draft.ts"
import { endAgent } from "../../../plugin/mesh/lifecycle/outcome.ts"
import { session } from "../support/callers.ts"
import { expectFailure } from "../support/errors.ts"
import { beginCoolDown } from "../../../plugin/mesh/lifecycle/cool-down.ts"
import { draft } from "../support/draft.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
const lead = session("ses_lead")

beforeEach(async () => {
  mesh = await createMesh()
})
afterEach(() => mesh.end())

const spawn = (...agents: AgentDraft[]) => mesh.fleets.spawn(lead, { agents })

describe("spawning", () => {
  test("does not wait for a host while the provider of all agents rests", async () => {
    await mesh.end()
    mesh = await createMesh({ host_start_ms: 60_000 })
    await mesh.ledger.transact((tx) =>
      beginCoolDown(tx, { provider: "fake", until: mesh.now() + 1, reason: "429" }, 1000),
    )
    expect(await spawn(draft("a"))).toMatchObject({ agents: [{ status: "queued" }] })
    const { agents } = await mesh.results.status(lead, "flt_1")
    expect(agents[0]).toMatchObject({
      blocked_on: "provider",
      activity: "waits for the provider until 2026-01-01T00:00:00.001Z: 429",
      rest: { provider: "fake", until: "2026-01-01T00:00:00.001Z", reason: "429" },
    })
  })

  test("fails with the host's words when no host could be started", async () => {
    const failing = createMesh(
      { host_start_ms: 5000 },
      {
        supervise: () =>
          void mesh.ledger.transact(async (tx) => {
            for (const agent of await agentsOfFleet(tx, "flt_1"))
              await endAgent(tx, agent, {
                status: "failed",
                failure: { code: "HOST_FAILED", detail: "port in use" },
              })
          }),
      },
    )
    await mesh.end()
    mesh = await failing
    await expectFailure(() => spawn(draft("x")), "HOST_FAILED", "flt_1", "port in use")
  })
})
