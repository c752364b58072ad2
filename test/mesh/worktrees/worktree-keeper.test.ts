import { agentsOfFleet } from "../../../plugin/mesh/ledger/tables/agents.ts"
import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import {
  insertWorktree,
  unpreparedAgents,
  worktreeOf,
} from "../../../plugin/mesh/ledger/tables/worktrees.ts"
import { endAgent } from "../../../plugin/mesh/lifecycle/outcome.ts"
import { createWorktreeKeeper } from "../../../plugin/mesh/worktrees/worktree-keeper.ts"
import { reopenAgent } from "../../../plugin/mesh/lifecycle/wake.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
let isHolder: boolean

/** As a supervisor has it; with `isHolder` false another one has begun a term. */
const createOne = () =>
  createWorktreeKeeper({
    ...mesh,
    write: async (_, change) => {
      if (isHolder) await mesh.ledger.transact(change)
    },
    onError: (error) => void mesh.errors.push(error),
  })

beforeEach(async () => {
  mesh = await createMesh()
  isHolder = true
  await mesh.given(["a1", "a2"], { drafts: { directory: "/mesh/web" } })
  await mesh.ledger.transact(async (tx) => {
    for (const { id } of await agentsOfFleet(tx, "flt_1"))
      await insertWorktree(tx, {
        agent_id: id,
        fleet_id: "flt_1",
        repository: "/shop/.git",
        path: `/mesh/${id}`,
        branch: id,
        base: "c0ffee",
      })
  })
})
afterEach(() => mesh.end())

const stateOf = (name: string) =>
  mesh.ledger.read(async (db) => (await worktreeOf(db, (await mesh.agentIn(db, name)).id))!.state)
const states = async () => [await stateOf("a1"), await stateOf("a2")]
const kinds = async () =>
  (await mesh.events()).flatMap(({ event }) =>
    String(event).startsWith("worktree.") ? [event] : [],
  )
const completeAll = () =>
  mesh.ledger.transact(async (tx) => {
    for (const agent of await agentsOfFleet(tx, "flt_1"))
      await endAgent(tx, agent, { status: "complete", output: "done" })
  })
const prepareAll = async () => {
  const keeper = createOne()
  await Promise.all([keeper.prepare("a1-1"), keeper.prepare("a2-1")])
}

describe("making", () => {
  test("happens once for who asks twice, and one after the other", async () => {
    const keeper = createOne()
    await Promise.all(["a1-1", "a2-1", "a1-1"].map((id) => keeper.prepare(id)))
    expect(mesh.worktrees.log).toEqual([
      "create a1-1 (wanted) /mesh/web",
      "create a2-1 (wanted) /mesh/web",
    ])
    expect(await states()).toEqual(["ready", "ready"])
    expect(await mesh.ledger.read(async (db) => (await unpreparedAgents(db, "flt_1")).size)).toBe(0)
    expect(await kinds()).toEqual(["worktree.created", "worktree.created"])
  })

  test("that fails ends its agent with git's words; the others go on", async () => {
    mesh.worktrees.failures.push("git worktree add: no space left")
    await prepareAll()
    expect(await mesh.agent("a1")).toMatchObject({
      status: "failed",
      error_code: "WORKTREE_FAILED",
      error_detail: "git worktree add: no space left",
    })
    expect(await states()).toEqual(["wanted", "ready"])
  })

  test("is done again by the next supervisor when the first had no time to say so", async () => {
    isHolder = false
    await prepareAll()
    expect(await states()).toEqual(["wanted", "wanted"])
    isHolder = true
    await prepareAll()
    expect(await states()).toEqual(["ready", "ready"])
  })
})

describe("once the fleet has ended", () => {
  test("what nobody changed is removed, what somebody did is kept and counted", async () => {
    await prepareAll()
    mesh.worktrees.trees.set("a2-1", { commits: 1, uncommitted: 0 })
    await completeAll()
    await createOne().settle("flt_1")
    expect(await states()).toEqual(["removed", "kept"])
    expect(mesh.worktrees.log.slice(2)).toEqual([
      "inspect a1-1",
      "remove a1-1 (removing)",
      "inspect a2-1",
    ])
    expect(await mesh.events("worktree.kept")).toMatchObject([
      { agent: "a2-1", path: "/mesh/a2-1", branch: "a2-1", commits: 1, uncommitted: 0 },
    ])
  })

  test("a removal that was cut short is finished by the next supervisor", async () => {
    await prepareAll()
    await completeAll()
    await mesh.ledger.transact((tx) =>
      tx.run("UPDATE worktrees SET state = 'removing' WHERE agent_id = 'a1-1'"),
    )
    await createOne().settle("flt_1")
    expect(await states()).toEqual(["removed", "removed"])
    expect(mesh.worktrees.log).toContain("remove a1-1 (removing)")
    expect(mesh.worktrees.log).not.toContain("inspect a1-1")
  })

  test("what a creation left that was cut short is cleared away", async () => {
    await completeAll()
    await createOne().settle("flt_1")
    expect(mesh.worktrees.log).toEqual(["remove a1-1 (wanted)", "remove a2-1 (wanted)"])
    expect(await states()).toEqual(["removed", "removed"])
    expect(await kinds()).toEqual([])
  })

  test("what git cannot judge is kept", async () => {
    await prepareAll()
    await completeAll()
    mesh.worktrees.failures.push("git status: index file corrupt")
    await createOne().settle("flt_1")
    expect(await states()).toEqual(["kept", "removed"])
    expect(mesh.errors.map(String)).toEqual(["Error: git status: index file corrupt"])
  })

  test("nothing is removed of a fleet that runs again, or by who holds its lease no more", async () => {
    await prepareAll()
    await createOne().settle("flt_1")
    await completeAll()
    isHolder = false
    await createOne().settle("flt_1")
    expect(await states()).toEqual(["ready", "ready"])
    expect(mesh.worktrees.trees.size).toBe(2)
  })

  test("an agent that is woken after that waits for its worktree again", async () => {
    await prepareAll()
    await completeAll()
    await createOne().settle("flt_1")
    await mesh.ledger.transact(async (tx) =>
      reopenAgent(tx, await mesh.agentIn(tx, "a1"), "queued"),
    )
    expect(
      await mesh.ledger.read(async (db) => (await unpreparedAgents(db, "flt_1")).has("a1-1")),
    ).toBe(true)
    await createOne().prepare("a1-1")
    expect([await stateOf("a1"), mesh.worktrees.log.at(-1)]).toEqual([
      "ready",
      "create a1-1 (removed) /mesh/web",
    ])
  })
})
