import { worktreeOf } from "../../../plugin/mesh/ledger/tables/worktrees.ts"
import { filterInOrder } from "../../../plugin/mesh/model/in-order.ts"
import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { member, session } from "../support/callers.ts"
import { expectFailure } from "../support/errors.ts"
import { draft } from "../support/draft.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
const lead = session("ses_lead")

beforeEach(async () => {
  mesh = await createMesh()
})
afterEach(() => mesh.end())

const treeOf = (name: string) => mesh.ledger.read((db) => mesh.treeIn(db, name))

describe("asking for a worktree", () => {
  test("gives the agent a directory in it, the sub-folder kept, and a branch from the commit of now", async () => {
    const { agents } = await mesh.fleets.spawn(lead, {
      agents: [draft("a", { worktree: true, directory: "web" }), draft("b")],
    })
    expect(agents.map(({ branch }) => branch)).toEqual(["meshfleet/flt_1/a-1", undefined])
    expect((await mesh.agents()).map(({ directory }) => directory)).toEqual([
      "/mesh/flt_1/a-1/web",
      "/shop",
    ])
    expect(await treeOf("a")).toMatchObject({
      repository: "/shop/.git",
      path: "/mesh/flt_1/a-1",
      branch: "meshfleet/flt_1/a-1",
      base: "c0ffee",
      state: "wanted",
    })
    expect(await treeOf("b")).toBeUndefined()
  })

  test("for the fleet means every agent that does not say otherwise", async () => {
    await mesh.fleets.spawn(lead, {
      worktree: true,
      agents: [draft("a"), draft("b", { worktree: false })],
    })
    expect([(await treeOf("a"))?.state, await treeOf("b")]).toEqual(["wanted", undefined])
  })

  test("who joins a fleet in which everybody has one gets one too, else only when asked", async () => {
    await mesh.fleets.spawn(lead, { worktree: true, agents: [draft("a")] })
    await mesh.fleets.attach(lead, "flt_1", draft("b"))
    await mesh.fleets.attach(lead, "flt_1", draft("c", { worktree: false }))
    await mesh.fleets.attach(lead, "flt_1", draft("d"))
    await mesh.fleets.attach(lead, "flt_1", draft("e", { worktree: true }))
    const having = await filterInOrder(
      await mesh.agents(),
      async ({ name }) => (await treeOf(name)) !== undefined,
    )
    expect(having.map(({ name }) => name)).toEqual(["a", "b", "e"])
  })

  test("outside of a repository is an error, and nothing is there after it", async () => {
    await expectFailure(
      () =>
        mesh.fleets.spawn(session("human:1", { human: true }), {
          agents: [draft("a"), draft("b", { worktree: true, directory: "/elsewhere" })],
        }),
      "NO_REPOSITORY",
      "/elsewhere",
    )
    expect(await mesh.ledger.read((db) => db.all("SELECT id FROM fleets"))).toEqual([])
  })

  test("tells the lead what of its own work is not in it", async () => {
    const { locate } = mesh.worktrees
    mesh.worktrees.locate = async (path) => ({ ...(await locate(path)), uncommitted: 3 })
    const spawned = await mesh.fleets.spawn(lead, { worktree: true, agents: [draft("a")] })
    expect(spawned).toHaveProperty(
      "note",
      "Worktrees start from the last commit: 3 uncommitted files are not in them. Worktrees hold nothing that git ignores (such as node_modules): agents install what they need, or the setting worktree_setup does. You have merge_agents from your next step on.",
    )
  })

  test("that the disk has no room for is refused before anything is written", async () => {
    const { locate } = mesh.worktrees
    const [bytes, freeBytes] = [600 * 1024 ** 2, 2048 * 1024 ** 2]
    mesh.worktrees.locate = async (path) => ({ ...(await locate(path)), bytes, freeBytes })
    const fleet = (...names: string[]) => ({
      worktree: true,
      agents: names.map((name) => draft(name)),
    })
    await expectFailure(
      () => mesh.fleets.spawn(lead, fleet("a", "b")),
      "LIMIT_REACHED",
      "2 worktrees take 1200 MB and 1024 MB have to stay free (disk_reserve_mb); the disk has 2048 MB left.",
    )
    expect(await mesh.agents()).toEqual([])
    await mesh.fleets.spawn(lead, fleet("a"))
  })

  test("notes how to set it up, by the settings of whoever leads", async () => {
    const { locate } = mesh.worktrees
    const use = (command: string) => {
      const setup = { command, commandMs: 1000, files: [".env"], shared: [] }
      mesh.worktrees.locate = async (path) => ({ ...(await locate(path)), setup })
      return JSON.stringify(setup)
    }
    const ours = use("npm ci")
    await mesh.fleets.spawn(lead, { worktree: true, agents: [draft("a")] })
    await mesh.fleets.spawn(lead, { agents: [draft("x")] })
    use("what an agent wrote into the settings")
    const a = member(await mesh.agent("a"))
    await mesh.fleets.attach(a, undefined, draft("b"))
    const x = member(await mesh.agent("x", "flt_2"))
    await mesh.fleets.attach(x, undefined, draft("y", { worktree: true }))
    expect((await treeOf("b"))?.setup).toBe(ours)
    const y = await mesh.agent("y", "flt_2")
    const tree = await mesh.ledger.read((db) => worktreeOf(db, y.id))
    expect(tree?.setup).toBeNull()
  })
})
