import { afterEach, beforeEach, expect, test } from "bun:test"
import { createOverview } from "../../../plugin/mesh/views/overview.ts"
import { beginCoolDown } from "../../../plugin/mesh/lifecycle/cool-down.ts"
import { createTeller, tellSmall } from "../../web/support/stories.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
beforeEach(async () => void (mesh = await createMesh()))
afterEach(() => mesh.end())

const needs = async () =>
  (await createOverview(mesh, { project: "/shop/.git", fleets: [] }).news())!.needs!
const told = async () => (await needs()).map(({ kind, who, reason }) => `${kind} ${who}: ${reason}`)

test("who asks comes before a vote, and that before who has stalled", async () => {
  await tellSmall(mesh)
  expect(await told()).toEqual([
    "question maker: permission: bash git push origin checkout",
    "vote a council: Refunds are rounded like charges",
    "stalled mapper: No sign of life since it was last seen at: bash npm run bench",
  ])
  const [question] = await needs()
  expect(question).toMatchObject({ fleetId: "flt_1", agentId: "maker-1" })
  expect(question!.until! - question!.since).toBe(900_000)
})

test("a fleet in which everybody waits is stuck, and nobody is blamed for it", async () => {
  await mesh.given(["a", "b", "c"])
  const tell = createTeller(mesh, "flt_1")
  for (const name of ["a", "b"]) {
    await tell.begin(name)
    await tell.waitsForMail(name)
  }
  await tell.begin("c")
  expect(await told()).toEqual([])
  await tell.answers("c", "done")
  expect(await told()).toEqual([
    "stuck shop: Every agent that has not ended waits for a message: a, b.",
  ])
})

test("a fleet without a process is abandoned", async () => {
  await mesh.given(["a"])
  mesh.dead.add(100)
  expect(await told()).toEqual(["abandoned shop: The fleet runs, but no process of it is there."])
})

test("what failed, rests or is near its budget is told while the fleet runs", async () => {
  await mesh.given(["a", "b", "c"], { drafts: { model: "anthropic/claude" } })
  const tell = createTeller(mesh, "flt_1")
  await tell.begin("a")
  await tell.fails("a", { code: "TIMEOUT", detail: "10 min are over" })
  await mesh.set("b", { budget_warned_at: mesh.clock.now(), status: "running" })
  await mesh.ledger.transact((tx) =>
    beginCoolDown(
      tx,
      { provider: "anthropic", until: tx.at + 60_000, reason: "429 slow down" },
      900_000,
    ),
  )
  expect(await told()).toEqual([
    "failed a: TIMEOUT: 10 min are over",
    "budget b: It has spent more than 80 % of its budget.",
    "resting c: anthropic limits its rate: 429 slow down",
  ])
  mesh.clock.advance(61_000)
  expect((await needs()).map(({ kind }) => kind)).toEqual(["failed", "budget"])
  for (const name of ["b", "c"]) await tell.answers(name, "done")
  expect(await told()).toEqual([])
})
