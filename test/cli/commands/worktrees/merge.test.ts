import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { insertWorktree } from "../../../../plugin/mesh/ledger/tables/worktrees.ts"
import { git } from "../../../support/run.ts"
import { createOwnHosts } from "../../support/own-hosts.ts"
import { createShell, type Shell } from "../../support/shell.ts"

let shell: Shell
beforeEach(async () => {
  shell = await createShell()
  await git(shell.project, "init", "-q", "-b", "main")
  writeFileSync(join(shell.project, "a.txt"), "a\n")
  await git(shell.project, "add", ".")
  await git(shell.project, "commit", "-qm", "start")
  await shell.given("flt_1", ["mapper", "maker"], { project: join(shell.project, ".git") })
  for (const name of ["mapper", "maker"]) {
    const path = join(shell.home, "worktrees/flt_1", `${name}-1`)
    const branch = `meshfleet/flt_1/${name}-1`
    await git(shell.project, "worktree", "add", "-q", "-b", branch, path)
    const base = await git(shell.project, "rev-parse", "main")
    await shell.ledger.transact(async (tx) => {
      await insertWorktree(tx, {
        ...{ agent_id: `${name}-1`, fleet_id: "flt_1", path, branch, base },
        repository: join(shell.project, ".git"),
      })
      await tx.run("UPDATE worktrees SET state = 'ready'")
    })
    writeFileSync(join(path, `${name}.txt`), "x\n")
    await shell.set(`${name}-1`, { status: "complete", ended_at: 1 })
  }
})
afterEach(() => shell.end())

describe("merge", () => {
  test("brings the newest fleet's branches together, and tells how to take them", async () => {
    const { code, out, err } = await shell.run(
      ["merge", "--check", "test ! -e maker.txt"],
      createOwnHosts(shell),
    )
    expect(err).toBe("")
    const commit = await git(shell.project, "rev-parse", "--short=12", "meshfleet/flt_1/merged")
    expect(out.split("\n")).toEqual([
      `flt_1: 1 of 2 branches are in meshfleet/flt_1/merged (${commit}).`,
      "",
      "AGENT   STATE         WHAT",
      "mapper  merged        1 uncommitted file committed for it",
      "maker   check failed  1 uncommitted file committed for it; sent to maker-1",
      "",
      "maker: the check's output ends:",
      "  [exit code 1]",
      "",
      "Take it: git merge --ff-only meshfleet/flt_1/merged",
      "",
    ])
    expect(code).toBe(1)
  })

  test("takes agents of a fleet, squashes and applies, and says it as JSON", async () => {
    const args = ["merge", "flt_1", "maker", "--squash", "--apply", "--json"]
    const { code, out } = await shell.run(args)
    const report = JSON.parse(out)
    expect(report.branches.map(({ name, state }: any) => `${name} ${state}`)).toEqual([
      "maker merged",
    ])
    expect(report.applied).toEqual({ commit: report.commit, into: "main" })
    expect(await git(shell.project, "log", "--format=%s")).toBe("Work of maker (maker)\nstart")
    expect(code).toBe(0)
  })

  test("asks those whose approval is wanted, and names what it keeps", async () => {
    const args = ["merge", "maker", "--approved-by", "mapper, maker"]
    const { code, out } = await shell.run(args, createOwnHosts(shell))
    const tip = await git(shell.project, "rev-parse", "meshfleet/flt_1/maker-1")
    expect(out.replace(/ +/g, " ")).toContain(
      `maker not approved It needs the approval of mapper: a receipt with the action approved:${tip}.; 1 uncommitted file committed for it; asked mapper-1`,
    )
    expect(out).not.toContain("Kept")
    expect(code).toBe(1)
    await shell.run(["merge", "mapper"], createOwnHosts(shell))
    expect((await shell.run(["merge", "mapper"])).out).toContain(
      "\nKept as they are: maker (meshfleet/flt_1/maker-1).\n",
    )
    expect((await shell.run(["merge", "--approved-by", "mapper,"])).err).toContain(
      "names with commas between them",
    )
    expect((await shell.run(["merge", "--ratified", "msg_404"])).err).toStartWith(
      "[UNKNOWN_MESSAGE]",
    )
  })

  test("leaves a tree with uncommitted changes as it is", async () => {
    writeFileSync(join(shell.project, "a.txt"), "mine\n")
    const { code, err } = await shell.run(["merge", "mapper", "--apply"])
    expect([code, err]).toEqual([1, expect.stringContaining("[NOT_CLEAN]")])
    expect(await git(shell.project, "log", "--format=%s")).toBe("start")
  })

  test("is for people, and its check for those whom no model can be", async () => {
    expect((await shell.run(["merge"], { insideAgent: true })).err).toStartWith("[NOT_ALLOWED]")
    expect((await shell.run(["merge"], { unattended: true })).err).toStartWith("[NOT_ALLOWED]")
    const opencode = { ancestors: [await shell.leadingOpenCode()] }
    const checked = await shell.run(["merge", "--check", "true"], opencode)
    expect(checked.err).toStartWith("[NOT_ALLOWED]")
    const called = await shell.run(["call", "merge_agents", '{"check": "true"}'], opencode)
    expect(called.err).toStartWith("[NOT_ALLOWED]")
    expect((await shell.run(["merge", "ghost"])).err).toStartWith(
      "[NO_FLEET] No fleet of this project has worktrees of ghost",
    )
  })
})
