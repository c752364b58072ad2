import { afterEach, describe, expect, test } from "bun:test"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { createMergeWorld, type MergeWorld } from "../../mesh/merging/support.ts"
import { git } from "../../support/run.ts"

// Over real git, and without OpenCode: what would make `npm test` longer.
let world: MergeWorld
const given = async (...names: string[]) => void (world = await createMergeWorld(names))
afterEach(() => world.end())

const merged = "meshfleet/flt_1/merged"
/** Another agent's branch of the same fleet. */
const awaitedBranch = (branch: string, name: string) => branch.replace(/[^/]*$/, `${name}-1`)

describe("merging", () => {
  test("squashes to one commit for each agent, the same whenever it is asked for", async () => {
    await given("ada", "bob")
    await world.works("ada", { "x.txt": "1\n" }, { end: false })
    await world.works("ada", { "x.txt": "2\n" })
    await world.works("bob", { "y.txt": "1\n" })
    const report = await world.merge({ squash: true })
    expect(report.branch).toBe("meshfleet/flt_1/squashed")
    expect(
      (await git(world.shop, "log", "--format=%an: %s", `main..${report.branch}`)).split("\n"),
    ).toEqual(["bob (Meshfleet): Work of bob (bob)", "ada (Meshfleet): Work of ada (ada)"])
    expect((await world.merge({ squash: true })).commit).toBe(report.commit!)
    // Once the person has taken it, what comes later is all there is to take.
    await git(world.shop, "merge", "--ff-only", "-q", report.branch!)
    await world.works("bob", { "y.txt": "2\n" }, { end: false })
    const later = await world.merge({ squash: true })
    expect(await world.log(`main..${later.branch}`)).toEqual(["Work of bob (bob)"])
  })

  test("goes on when the person has committed meanwhile, and finds who conflicts with that", async () => {
    await given("ada", "bob")
    await world.works("ada", { "a.txt": "ADA\ntwo\nthree\n" })
    await world.works("bob", { "b.txt": "b\n" })
    await world.merge()
    writeFileSync(join(world.shop, "mine.txt"), "mine\n")
    await git(world.shop, "add", ".")
    await git(world.shop, "commit", "-qm", "mine")
    const second = await world.merge({ check: "sh check.sh" })
    expect(second.states).toEqual({ ada: "merged", bob: "merged" })
    await git(world.shop, "merge-base", "--is-ancestor", "main", second.commit!)
    writeFileSync(join(world.shop, "a.txt"), "PERSON\ntwo\nthree\n")
    await git(world.shop, "commit", "-qam", "against ada")
    const third = await world.merge()
    expect(third.states).toEqual({ ada: "conflict", bob: "merged" })
    await git(world.shop, "merge-base", "--is-ancestor", "main", third.commit!)
    expect(await git(world.shop, "rev-parse", (await world.tree("ada")).branch)).toMatch(/^\w{40}$/)
  })

  test("a fresh agent gets both texts where the agent itself cannot be woken, and brings its work along", async () => {
    await given("ada", "bob")
    await world.works("ada", { "a.txt": "ADA\ntwo\nthree\n" })
    await world.works("bob", { "a.txt": "BOB\ntwo\nthree\n" }, { end: false })
    await world.fleets.stop(world.lead, "flt_1", { mode: "cancel", agent_ids: ["bob"] })
    const report = await world.merge()
    expect(report.states).toEqual({ ada: "merged", bob: "conflict" })
    const mender = await world.agent("bob-merger")
    expect(report.branches[1]!.sent_to).toBe(mender.id)
    for (const words of [
      "> do ada",
      "> do bob",
      `git merge ${merged}`,
      `git merge ${(await world.tree("bob")).branch}`,
    ])
      expect(mender.prompt).toContain(words)
    // Asked again while it is at it, nobody else is.
    expect((await world.merge()).branches).toMatchObject([
      { state: "merged" },
      { state: "conflict", sent_to: mender.id },
      { state: "unchanged" },
    ])
    expect(await world.agents()).toHaveLength(3)
    await world.worktrees.create(
      await world.tree("bob-merger"),
      (await world.tree("bob-merger")).path,
      world.shop,
    )
    await world.ledger.transact((tx) => tx.run("UPDATE worktrees SET state = 'ready'"))
    const { path } = await world.tree("bob-merger")
    await git(path, "merge", "-q", "--no-ff", "-m", "m", merged)
    await expect(git(path, "merge", "-q", `${awaitedBranch(merged, "bob")}`)).rejects.toThrow()
    await world.works("bob-merger", { "a.txt": "BOTH\ntwo\nthree\n" })
    expect((await world.merge()).states).toEqual({
      ada: "merged",
      bob: "merged",
      "bob-merger": "merged",
    })
    expect(await world.show(merged, "a.txt")).toStartWith("BOTH")
  })
})
