import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createShell, type Shell } from "../support/shell.ts"

let shell: Shell
beforeAll(async () => {
  shell = await createShell()
  const agents = join(shell.project, ".opencode", "agents")
  mkdirSync(agents, { recursive: true })
  writeFileSync(
    join(agents, "our-tester.md"),
    "---\ndescription: Tests our shop by hand.\nmode: subagent\n---\nYou test the shop.\n",
  )
})
afterAll(() => shell.end())

describe("agents", () => {
  test("lists what fits a query, and says how to see the rest", async () => {
    const { code, out } = await shell.run(["agents", "--division", "security", "--limit", "2"])
    const lines = out.split("\n")
    expect(lines[0]).toMatch(/^AGENT +DIVISION +SOURCE +DESCRIPTION$/)
    expect(lines[1]).toMatch(/^[a-z-]+ +security +bundled +Use when /)
    expect(lines[4]).toMatch(/^2 of \d+; --limit \d+ shows all\.$/)
    expect(code).toBe(0)
    const narrow = await shell.run(["agents", "--limit", "1"], { columns: 60 })
    expect(narrow.out.split("\n")[1]).toHaveLength(60)
  })

  test("knows the project's own, and says where each comes from", async () => {
    const { agents } = JSON.parse((await shell.run(["agents", "our", "tester", "--json"])).out)
    expect(agents[0]).toMatchObject({
      agent: "our-tester",
      source: "project",
      description: "Tests our shop by hand.",
    })
    expect((await shell.run(["agents", "qqqqqqqq"])).out).toBe("No agent fits.\n")
  })

  test("shows one in full, by name or alias", async () => {
    const { out } = await shell.run(["agents", "show", "code-reviewer"])
    expect(out).toStartWith("code-reviewer (Code Reviewer)\nUse when ")
    expect(out).toMatch(/\nsource +bundled\n/)
    expect(out).toContain("\npermission\n  edit: deny\n")
    expect(out).toContain("\nprompt\n  ## Role\n")
    expect(await shell.run(["agents", "show", "Code", "Reviewer"])).toEqual({
      code: 0,
      out,
      err: "",
    })
    const { agent, config } = JSON.parse(
      (await shell.run(["agents", "show", "code-reviewer", "--json"])).out,
    )
    expect([agent, config.permission.edit]).toEqual(["code-reviewer", "deny"])
  })

  test("names those that come near when nobody has the name", async () => {
    expect(await shell.run(["agents", "show", "code-reviewr"])).toEqual({
      code: 1,
      out: "",
      err: expect.stringMatching(
        /^\[UNKNOWN_SPECIALIST\] No agent "code-reviewr"; did you mean code-reviewer,.*\nNext: .+\n$/,
      ),
    })
  })

  test("need no ledger", async () => {
    const file = join(shell.folder, "no-folder")
    writeFileSync(file, "")
    expect((await shell.run(["agents"], { env: { MESHFLEET_HOME: file } })).code).toBe(0)
  })
})
