import { afterEach, describe, expect, test } from "bun:test"
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { person as personIn } from "../../tools/contract/calls.ts"
import { snapshot } from "../../support/snapshot.ts"
import { delegate } from "../support/callers.ts"
import { expectFailure } from "../support/errors.ts"
import { git } from "../../support/run.ts"
import { createMergeWorld, type MergeWorld } from "./support.ts"

let world: MergeWorld
const given = async (...names: string[]) => void (world = await createMergeWorld(names))
afterEach(() => world.end())

const merged = "meshfleet/flt_1/merged"
const mailTo = async (agentId: string) =>
  (
    await world.ledger.read((db) =>
      db.all<{ payload: string }>(
        "SELECT m.payload FROM messages m JOIN deliveries d ON d.message_seq = m.seq WHERE d.recipient = ?",
        agentId,
      ),
    )
  ).map(({ payload }) => payload)

describe("merging", () => {
  test("brings branches and uncommitted work onto one branch, and touches nothing of the person's", async () => {
    await given("ada", "bob", "cleo", "dan")
    await world.personAtWork()
    const before = await snapshot(world.shop)
    await world.works("bob", { "b.txt": "b\n" })
    await world.works("ada", { "a.txt": "ONE\ntwo\nthree\n" })
    await world.works("cleo", { "c.txt": "c\n", "c.log": "ignored\n" }, { commit: false })
    await world.works("dan", {}, { commit: false })
    const report = await world.merge({ check: "sh check.sh" })
    expect(report.states).toEqual({
      bob: "merged",
      ada: "merged",
      cleo: "merged",
      dan: "unchanged",
    })
    expect(report).toMatchObject({
      complete: true,
      branch: merged,
      commit: await git(world.shop, "rev-parse", merged),
      take: `git merge --ff-only ${merged}`,
      check: "passed",
    })
    expect(await world.log(`main..${merged} --first-parent`.split(" ")[0]!)).toContain(
      "work of bob",
    )
    expect(
      (await git(world.shop, "log", "--first-parent", "--format=%s", `main..${merged}`)).split(
        "\n",
      ),
    ).toEqual(["Work of cleo (cleo)", "Work of ada (ada)", "Work of bob (bob)"])
    expect(await world.show(merged, "c.txt")).toBe("c")
    expect(await git(world.shop, "ls-tree", "--name-only", merged)).not.toContain("c.log")
    expect(await git(world.shop, "log", "-1", "--format=%an <%ae> %cn %G? %s", `${merged}^2`)).toBe(
      "Meshfleet <meshfleet@localhost> Meshfleet N Uncommitted work of cleo",
    )
    expect(report.branches.find(({ name }) => name === "cleo")!.saved).toBe(1)
    // Its agent sees a clean tree when it is woken.
    expect(await git((await world.tree("cleo")).path, "status", "--porcelain")).toBe("")
    expect(await snapshot(world.shop)).toEqual(before)
    expect(existsSync(join(world.folder, "hook-ran"))).toBe(false)
    expect((await world.events("branch.merged")).map(({ agent }) => agent)).toEqual([
      "bob-1",
      "ada-1",
      "cleo-1",
    ])
    expect(existsSync(join(world.home, "merges/flt_1"))).toBe(false)
    // Again there is nothing to do, and nothing is told twice.
    expect((await world.merge()).commit).toBe(report.commit!)
    expect(await world.events("branch.merged")).toHaveLength(3)
  })

  test("gives a conflict back to its agent with what both set out to do, once, and takes it when mended", async () => {
    await given("ada", "bob", "cleo")
    await world.personAtWork()
    const before = await snapshot(world.shop)
    await world.works("ada", { "a.txt": "ADA\ntwo\nthree\n" })
    await world.works("bob", { "a.txt": "BOB\ntwo\nthree\n" })
    await world.works("cleo", { "c.txt": "c\n" })
    const report = await world.merge({ check: "sh check.sh" })
    expect(report.states).toEqual({ ada: "merged", bob: "conflict", cleo: "merged" })
    expect(report.complete).toBe(false)
    expect(report.branches[1]).toMatchObject({
      files: ["a.txt"],
      others: [{ name: "ada", task: "do ada", result: "done" }],
      sent_to: "bob-1",
    })
    const [mail] = await mailTo("bob-1")
    for (const words of ["a.txt", `git merge ${merged}`, "> do ada", "> done", "`sh check.sh`"])
      expect(mail).toContain(words)
    const again = async () => (await world.merge({ check: "sh check.sh" })).branches[1]
    expect(await again()).toMatchObject({ state: "conflict", sent_to: "bob-1" })
    await world.read("bob")
    expect(await again()).toMatchObject({
      state: "conflict",
      note: '"bob" was told, and has changed nothing since',
    })
    expect(await mailTo("bob-1")).toHaveLength(1)

    const { path } = await world.tree("bob")
    await expect(
      git(path, "-c", "core.hooksPath=/dev/null", "-c", "merge.ff=true", "merge", "-q", merged),
    ).rejects.toThrow()
    await world.works("bob", { "a.txt": "ADA and BOB\ntwo\nthree\n" }, { end: false })
    expect((await world.merge({ check: "sh check.sh" })).states).toEqual({
      ada: "merged",
      bob: "merged",
      cleo: "merged",
    })
    expect(await world.show(merged, "a.txt")).toStartWith("ADA and BOB")
    expect(await snapshot(world.shop)).toEqual(before)
  })

  for (const batch of [false, true])
    test(`leaves out what breaks the check, ${batch ? "found by halves" : "one after the other"}, with its output`, async () => {
      await given("ada", "cleo", "dan")
      for (const name of ["ada", "cleo", "dan"])
        await world.works(name, { [`${name}.txt`]: name === "cleo" ? "BROKEN\n" : "fine\n" })
      const report = await world.merge({
        check: "sh check.sh || { echo it is red; exit 3; }",
        batch,
      })
      expect(report.states).toEqual({
        ada: "merged",
        cleo: "check_failed",
        dan: "merged",
      })
      expect(report.branches[1]).toMatchObject({
        output: "it is red\n[exit code 3]",
        sent_to: "cleo-1",
      })
      expect((await mailTo("cleo-1"))[0]).toContain("> it is red")
      expect((await git(world.shop, "ls-tree", "--name-only", merged)).split("\n")).not.toContain(
        "cleo.txt",
      )
      expect(await git(world.shop, "rev-parse", (await world.tree("cleo")).branch)).toMatch(
        /^\w{40}$/,
      )
    })

  test("tries nothing, and blames nobody, when the check fails without any of them", async () => {
    await given("ada")
    await world.works("ada", { "ada.txt": "fine\n" })
    const report = await world.merge({ check: "echo no tools; exit 1" })
    expect(report.states).toEqual({ ada: "held" })
    expect(report.note).toMatch(
      /^Nothing was tried, for the check fails on main alone, in the merge's own tree\. .* It said: no tools/,
    )
    expect(report.branch).toBeUndefined()
    expect(await mailTo("ada-1")).toEqual([])
  })

  describe("sets its tree up as those of the agents are", () => {
    const setUp = (setup: object) => {
      const text = JSON.stringify({
        ...{ command: "", commandMs: 60_000, files: [], shared: [], ...setup },
      })
      return world.ledger.transact((tx) => tx.run("UPDATE worktrees SET setup = ?", text))
    }

    test("once, before the first check, with what git ignores", async () => {
      await given("ada", "bob")
      writeFileSync(join(world.shop, "keys.log"), "secret\n")
      const before = await snapshot(world.shop)
      const ran = join(world.folder, "ran")
      await setUp({ command: `echo x >> ${ran}; echo tool > tool.log`, files: ["keys.log"] })
      await world.works("ada", { "ada.txt": "fine\n" })
      await world.works("bob", { "bob.txt": "BROKEN\n" })
      const check = "test -e tool.log && test -e keys.log && sh check.sh"
      expect((await world.merge({ check })).states).toEqual({ ada: "merged", bob: "check_failed" })
      expect((await world.merge({ check })).states).toEqual({ ada: "merged", bob: "check_failed" })
      expect(readFileSync(ran, "utf8")).toBe("x\n")
      expect(await git(world.shop, "ls-tree", "--name-only", merged)).not.toContain("log")
      expect(await snapshot(world.shop)).toEqual(before)
      await world.works("bob", { "bob.txt": "mended\n" }, { end: false })
      expect((await world.merge({ check })).complete).toBe(true)
      expect(readdirSync(join(world.home, "merges"))).toEqual([])
    })

    test("and whoever breaks that is left out, while nobody is blamed for what fails without", async () => {
      await given("ada", "bob")
      await setUp({ command: "sh check.sh || { echo no install; exit 4; }" })
      await world.works("ada", { "ada.txt": "BROKEN\n" })
      await world.works("bob", { "bob.txt": "fine\n" })
      const report = await world.merge({ check: "true" })
      expect(report.states).toEqual({ ada: "check_failed", bob: "merged" })
      expect(report.branches[0]!.output).toContain("ended with exit code 4: no install")
      await setUp({ command: "echo no network; exit 5" })
      await world.works("ada", { "ada.txt": "mended\n" }, { end: false })
      rmSync(join(world.home, "merges"), { recursive: true })
      const blind = await world.merge({ check: "true", agent_ids: ["ada"] })
      expect(blind.states).toEqual({ ada: "held" })
      expect(blind.note).toContain("no network")
    })

    test("and not without a check", async () => {
      await given("ada")
      await setUp({ command: "exit 5" })
      await world.works("ada", { "ada.txt": "fine\n" })
      expect((await world.merge()).states).toEqual({ ada: "merged" })
    })
  })

  test("takes only whoever has ended, and what git is in the middle of goes back", async () => {
    await given("ada", "bob", "cleo")
    await world.works("ada", { "a.txt": "ADA\ntwo\nthree\n" })
    await world.works("bob", { "a.txt": "BOB\ntwo\nthree\n" })
    const { path, branch } = await world.tree("bob")
    await expect(git(path, "merge", awaitedBranch(branch, "ada"))).rejects.toThrow()
    const report = await world.merge()
    expect(report.states).toEqual({ ada: "merged", bob: "unfinished", cleo: "at_work" })
    expect(report.branches[1]).toMatchObject({ detail: "merge", sent_to: "bob-1" })
    expect((await mailTo("bob-1"))[0]).toContain("Finish or abort the merge")
    expect(await git(path, "status", "--porcelain")).toContain("UU a.txt")
  })

  test("keeps the order asked for", async () => {
    await given("ada", "bob")
    await world.works("ada", { "a.txt": "ADA\ntwo\nthree\n" })
    await world.works("bob", { "a.txt": "BOB\ntwo\nthree\n" })
    const report = await world.merge({ agent_ids: ["bob", "ada"] })
    expect(report.states).toEqual({ bob: "merged", ada: "conflict" })
  })
})

/** Another agent's branch of the same fleet. */
const awaitedBranch = (branch: string, name: string) => branch.replace(/[^/]*$/, `${name}-1`)

describe("who may merge", () => {
  test("is the lead, and its check is judged as its own bash", async () => {
    await given("ada")
    await world.works("ada", { "ada.txt": "fine\n" })
    const asked: unknown[] = []
    const bounded = (action: "ask" | "deny", answer = async () => {}) => ({
      ...world.lead,
      rights: {
        rules: [
          { permission: "*", pattern: "*", action: "allow" as const },
          { permission: "bash", pattern: "*", action },
          { permission: "bash", pattern: "npm test", action: "allow" as const },
        ],
        ask: async (...call: unknown[]) => {
          asked.push(call)
          await answer()
        },
      },
    })
    const check = `touch ${join(world.folder, "ran")}`
    await expectFailure(() => world.merge({ check }, bounded("deny")), "NOT_ALLOWED", check)
    await expectFailure(
      () => world.merge({ check: `npm test; ${check}` }, bounded("deny")),
      "NOT_ALLOWED",
    )
    const no = () => Promise.reject(new Error("the person says no"))
    await expect(world.merge({ check }, bounded("ask", no))).rejects.toThrow("the person says no")
    expect(asked).toEqual([["bash", [check], { command: check }]])
    expect(existsSync(join(world.folder, "ran"))).toBe(false)
    await expectFailure(() => world.merge({}, delegate(world.lead)), "NOT_ALLOWED")
    await expectFailure(
      async () => world.merge({ check }, { ...world.lead, rights: undefined }),
      "NOT_ALLOWED",
    )
  })

  test("one at a time in a repository", async () => {
    await given("ada")
    const held = await world.leases.port.acquire(
      `merge-${new Bun.CryptoHasher("sha256").update(join(world.shop, ".git")).digest("hex").slice(0, 12)}`,
      () => {},
    )
    await expectFailure(() => world.merge(), "MERGE_BUSY", world.shop)
    await held!.release()
    expect((await world.merge()).complete).toBe(false)
  })
})

describe("taking it", () => {
  const apply = (squash = false) =>
    world.merges.apply({ ...personIn, directory: world.shop }, "flt_1", { squash })

  test("is a person's, fast-forward, and only into a clean tree", async () => {
    await given("ada")
    await world.works("ada", { "ada.txt": "fine\n" })
    const { commit } = await world.merge()
    await expectFailure(() => world.merges.apply(world.lead, "flt_1", {}), "NOT_ALLOWED")
    writeFileSync(join(world.shop, "a.txt"), "mine\n")
    const before = await snapshot(world.shop)
    await expectFailure(() => apply(), "NOT_CLEAN", "a.txt")
    expect(await snapshot(world.shop)).toEqual(before)
    await git(world.shop, "checkout", "-q", "a.txt")
    writeFileSync(join(world.shop, "ada.txt"), "mine too\n")
    await expectFailure(() => apply(), "NOT_CLEAN", "ada.txt")
    await git(world.shop, "clean", "-qf")
    await git(world.shop, "commit", "-q", "--allow-empty", "-m", "mine")
    await expectFailure(() => apply(), "NOT_CLEAN", "commits on main")
    await git(world.shop, "reset", "-q", "--hard", "HEAD^")
    expect(await apply()).toEqual({ commit: commit!, into: "main" })
    expect(await git(world.shop, "rev-parse", "main")).toBe(commit!)
    expect(await git(world.shop, "status", "--porcelain")).toBe("")
    expect(await world.events("fleet.taken")).toHaveLength(1)
  })
})
