import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import type { AgentDraft } from "../../../plugin/mesh/fleets/fleet-draft.ts"
import { unsettledFleets } from "../../../plugin/mesh/ledger/fleets.ts"
import { moveWorktree, worktreeOf } from "../../../plugin/mesh/ledger/worktrees.ts"
import { endAgent } from "../../../plugin/mesh/lifecycle/outcome.ts"
import { session } from "../support/callers.ts"
import { expectFailure } from "../support/errors.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

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
const treeOf = (name: string) => mesh.ledger.read((db) => worktreeOf(db, mesh.agent(name).id))
const complete = (name: string) =>
  mesh.ledger.transact((tx) =>
    endAgent(tx, mesh.agent(name), { status: "complete", output: "done" }),
  )

describe("asking for a worktree", () => {
  test("gives the agent a directory in it, the sub-folder kept, and a branch from the commit of now", async () => {
    await mesh.fleets.spawn(lead, {
      agents: [draft("a", { worktree: true, directory: "web" }), draft("b")],
    })
    expect(mesh.agents().map(({ directory }) => directory)).toEqual([
      "/mesh/flt_1/a-1/web",
      "/shop",
    ])
    expect(treeOf("a")).toMatchObject({
      repository: "/shop/.git",
      path: "/mesh/flt_1/a-1",
      branch: "meshfleet/flt_1/a-1",
      base: "c0ffee",
      state: "wanted",
    })
    expect(treeOf("b")).toBeUndefined()
  })

  test("for the fleet means every agent that does not say otherwise", async () => {
    await mesh.fleets.spawn(lead, {
      worktree: true,
      agents: [draft("a"), draft("b", { worktree: false })],
    })
    expect([treeOf("a")?.state, treeOf("b")]).toEqual(["wanted", undefined])
  })

  test("who joins a fleet in which everybody has one gets one too, else only when asked", async () => {
    await mesh.fleets.spawn(lead, { worktree: true, agents: [draft("a")] })
    await mesh.fleets.attach(lead, "flt_1", draft("b"))
    await mesh.fleets.attach(lead, "flt_1", draft("c", { worktree: false }))
    await mesh.fleets.attach(lead, "flt_1", draft("d"))
    await mesh.fleets.attach(lead, "flt_1", draft("e", { worktree: true }))
    const having = mesh.agents().filter(({ name }) => treeOf(name))
    expect(having.map(({ name }) => name)).toEqual(["a", "b", "e"])
  })

  test("outside of a repository is an error, and nothing is there after it", async () => {
    await expectFailure(
      () =>
        mesh.fleets.spawn(lead, {
          agents: [draft("a"), draft("b", { worktree: true, directory: "/elsewhere" })],
        }),
      "NO_REPOSITORY",
      "/elsewhere",
    )
    expect(mesh.ledger.read((db) => db.all("SELECT id FROM fleets"))).toEqual([])
  })

  test("tells the lead what of its own work is not in it", async () => {
    const { locate } = mesh.worktrees
    mesh.worktrees.locate = async (path) => ({ ...(await locate(path)), uncommitted: 3 })
    const spawned = await mesh.fleets.spawn(lead, { worktree: true, agents: [draft("a")] })
    expect(spawned).toHaveProperty(
      "note",
      "Worktrees begin at the last commit: 3 uncommitted files are not in them.",
    )
  })
})

describe("a result", () => {
  const collect = async () => (await mesh.results.collect(lead, "flt_1", undefined)).results[0]
  beforeEach(async () => {
    await mesh.fleets.spawn(lead, { worktree: true, agents: [draft("a")] })
    await mesh.ledger.transact((tx) => moveWorktree(tx, treeOf("a")!, "ready"))
    mesh.worktrees.trees.set("a-1", { commits: 2, uncommitted: 1 })
  })
  const place = { worktree_path: "/mesh/flt_1/a-1", branch: "meshfleet/flt_1/a-1" }

  test("names the worktree while its agent works, and counts what was done once it has ended", async () => {
    expect(await collect()).toMatchObject(place)
    expect(await collect()).not.toHaveProperty("changed")
    mesh.clock.advance(1)
    await complete("a")
    mesh.clock.advance(1)
    const counted = { ...place, changed: true, commits: 2, uncommitted: 1 }
    expect(await collect()).toMatchObject(counted)
    expect((await mesh.results.status(lead, "flt_1")).agents[0]).toMatchObject(counted)
    expect(mesh.worktrees.log).toEqual(["inspect a-1"])
  })

  test("is not kept back by a git that fails", async () => {
    await complete("a")
    mesh.worktrees.failures.push("broken")
    expect(await collect()).toMatchObject({ ...place, output: "done" })
  })

  test("tells of a worktree that was removed", async () => {
    await complete("a")
    await mesh.ledger.transact((tx) => moveWorktree(tx, treeOf("a")!, "removed"))
    expect(await collect()).toMatchObject({ worktree_removed: true, changed: false })
  })
})

test("an ended fleet needs a supervisor until its worktrees are kept or removed", async () => {
  await mesh.fleets.spawn(lead, { worktree: true, agents: [draft("a")] })
  await complete("a")
  const unsettled = () => mesh.ledger.read((db) => unsettledFleets(db, lead.project).length)
  expect(unsettled()).toBe(1)
  await mesh.ledger.transact((tx) => moveWorktree(tx, treeOf("a")!, "kept"))
  expect(unsettled()).toBe(0)
})
