import { expect } from "bun:test"
import { isAbsolute, join } from "node:path"
import type { WorktreeRow, WorktreeState } from "../../../plugin/mesh/ledger/tables/rows.ts"
import type { TreeWork, Worktrees } from "../../../plugin/mesh/worktrees/worktrees.ts"
import { expectFailure } from "../support/errors.ts"

/** A repository with a commit and a folder `web` in it, and a folder that belongs to none. */
export interface WorktreesWorld {
  worktrees: Worktrees
  repository: string
  outside: string
  /** So many commits and uncommitted files, as an agent in the tree would make them. */
  work(tree: WorktreeRow, work: TreeWork): Promise<void>
}

const rowOf = async (
  { worktrees, repository }: WorktreesWorld,
  state: WorktreeState = "wanted",
): Promise<WorktreeRow> => {
  const origin = await worktrees.locate(repository)
  const { path, branch } = worktrees.place("flt_1", "ada-1", "")
  return {
    agent_id: "ada-1",
    fleet_id: "flt_1",
    repository: origin.repository,
    path,
    branch,
    base: origin.commit,
    setup: null,
    state,
    commits: null,
    uncommitted: null,
    checked_at: null,
    merged: null,
  }
}

const madeIn = async (world: WorktreesWorld): Promise<WorktreeRow> => {
  const tree = await rowOf(world)
  await world.worktrees.create(tree, tree.path, world.repository)
  return { ...tree, state: "ready" }
}

const unchanged = { commits: 0, uncommitted: 0 }

/** What the port promises, with git behind it or not. Every case gets a world of its own. */
export const worktreesContract: Record<string, (world: WorktreesWorld) => Promise<void>> = {
  async "a tree's origin is its repository, a commit, and the folder that was asked for"(world) {
    const { worktrees, repository, outside } = world
    const origin = await worktrees.locate(repository)
    expect(origin).toMatchObject({
      repository: join(repository, ".git"),
      commit: expect.any(String),
      subfolder: "",
      uncommitted: 0,
      setup: undefined,
      bytes: expect.any(Number),
    })
    const { repository: same, commit } = origin
    expect(await worktrees.locate(join(repository, "web"))).toMatchObject({
      repository: same,
      commit,
      subfolder: "web",
    })
    await expectFailure(() => worktrees.locate(outside), "NO_REPOSITORY", outside)
  },

  async "every agent's tree has a place and a branch of its own, and nothing is made for them"(
    world,
  ) {
    const { worktrees } = world
    const ada = worktrees.place("flt_1", "ada-1", "web")
    const bob = worktrees.place("flt_1", "bob-1", "web")
    expect(isAbsolute(ada.path)).toBe(true)
    expect(ada.directory).toBe(join(ada.path, "web"))
    expect(worktrees.place("flt_1", "ada-1", "").directory).toBe(ada.path)
    expect(bob.path).not.toBe(ada.path)
    expect(bob.branch).not.toBe(ada.branch)
    expect(await worktrees.inspect(await rowOf(world))).toBeUndefined()
  },

  async "a tree begins unchanged, and what is done in it is counted"(world) {
    const { worktrees, work } = world
    const tree = await madeIn(world)
    expect(await worktrees.inspect(tree)).toEqual(unchanged)
    await work(tree, { commits: 2, uncommitted: 1 })
    expect(await worktrees.inspect(tree)).toEqual({ commits: 2, uncommitted: 1 })
  },

  async "a tree that is complete is taken as it is, whatever was asked for"(world) {
    const { worktrees, work } = world
    const tree = await madeIn(world)
    await work(tree, { commits: 1, uncommitted: 1 })
    for (const state of ["wanted", "ready", "removing", "kept"] as const)
      await worktrees.create({ ...tree, state }, tree.path, world.repository)
    expect(await worktrees.inspect(tree)).toEqual({ commits: 1, uncommitted: 1 })
  },

  async "an unchanged tree that is to go is removed, and that may be asked again"(world) {
    const { worktrees } = world
    const tree = await madeIn(world)
    const removing: WorktreeRow = { ...tree, state: "removing" }
    expect(await worktrees.remove(removing)).toBe(true)
    expect(await worktrees.inspect(tree)).toBeUndefined()
    expect(await worktrees.remove(removing)).toBe(true)
    await worktrees.create({ ...tree, state: "removed" }, tree.path, world.repository)
    expect(await worktrees.inspect(tree)).toEqual(unchanged)
  },

  async "a tree that was to go when it is wanted again is there in full"(world) {
    const { worktrees } = world
    const tree = await madeIn(world)
    await worktrees.create({ ...tree, state: "removing" }, tree.path, world.repository)
    expect(await worktrees.inspect(tree)).toEqual(unchanged)
  },

  async "uncommitted work is not removed"(world) {
    const { worktrees, work } = world
    const tree = await madeIn(world)
    await work(tree, { commits: 0, uncommitted: 1 })
    expect(await worktrees.remove({ ...tree, state: "removing" })).toBe(false)
    expect(await worktrees.inspect(tree)).toEqual({ commits: 0, uncommitted: 1 })
  },

  async "committed work is not removed"(world) {
    const { worktrees, work } = world
    const tree = await madeIn(world)
    await work(tree, { commits: 1, uncommitted: 0 })
    expect(await worktrees.remove({ ...tree, state: "removing" })).toBe(false)
    expect(await worktrees.inspect(tree)).toEqual({ commits: 1, uncommitted: 0 })
  },

  async "a tree that is in use or kept is not removed, changed or not"(world) {
    const { worktrees } = world
    const tree = await madeIn(world)
    for (const state of ["ready", "kept"] as const)
      expect(await worktrees.remove({ ...tree, state })).toBe(false)
    expect(await worktrees.inspect(tree)).toEqual(unchanged)
  },
}
