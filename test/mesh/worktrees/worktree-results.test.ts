import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { moveWorktree } from "../../../plugin/mesh/ledger/tables/worktrees.ts"
import { session } from "../support/callers.ts"
import { draft } from "../support/draft.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
const lead = session("ses_lead")

beforeEach(async () => {
  mesh = await createMesh()
})
afterEach(() => mesh.end())

describe("a result", () => {
  const collect = async () => (await mesh.results.collect(lead, "flt_1", undefined)).results[0]
  beforeEach(async () => {
    await mesh.fleets.spawn(lead, { worktree: true, agents: [draft("a")] })
    await mesh.ledger.transact(async (tx) =>
      moveWorktree(tx, (await mesh.treeIn(tx, "a"))!, "ready"),
    )
    mesh.worktrees.trees.set("a-1", { commits: 2, uncommitted: 1 })
  })
  const place = { worktree_path: "/mesh/flt_1/a-1", branch: "meshfleet/flt_1/a-1" }

  test("names the worktree while its agent works, and counts what was done once it has ended", async () => {
    expect(await collect()).toMatchObject(place)
    expect(await collect()).not.toHaveProperty("changed")
    mesh.clock.advance(1)
    await mesh.complete("a")
    mesh.clock.advance(1)
    const counted = { ...place, changed: true, commits: 2, uncommitted: 1 }
    expect(await collect()).toMatchObject(counted)
    expect((await mesh.results.status(lead, "flt_1")).agents[0]).toMatchObject(counted)
    expect(mesh.worktrees.log).toEqual(["inspect a-1"])
  })

  test("is not kept back by a git that fails", async () => {
    await mesh.complete("a")
    mesh.worktrees.failures.push("broken")
    expect(await collect()).toMatchObject({ ...place, output: "done" })
  })

  test("tells of a worktree that was removed", async () => {
    await mesh.complete("a")
    await mesh.ledger.transact(async (tx) =>
      moveWorktree(tx, (await mesh.treeIn(tx, "a"))!, "removed"),
    )
    expect(await collect()).toMatchObject({ worktree_removed: true, changed: false })
  })
})
