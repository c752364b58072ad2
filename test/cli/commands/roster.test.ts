import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createOwnHosts } from "../support/own-hosts.ts"
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

describe("route", () => {
  const task = "audit authentication security vulnerabilities"

  test("ranks as many as were asked for", async () => {
    const { code, out } = await shell.run(["route", ...task.split(" "), "--top", "4"])
    const lines = out.trimEnd().split("\n")
    expect(lines[0]).toMatch(/^ +AGENT +KIND +CONFIDENCE +SCORE +REASON$/)
    expect(lines[1]).toMatch(/^1 +[a-z-]*security[a-z-]* +specialist +\d+\.\d%/)
    expect(lines[4]).toStartWith("4  ")
    expect(code).toBe(0)
    const { matches } = JSON.parse((await shell.run(["route", task, "--json"])).out)
    expect(matches).toHaveLength(3)
    expect(matches[0]).toMatchObject({ kind: "specialist", fits: true })
  })

  test("ranks running agents too, whichever session spawned them", async () => {
    await shell.given("flt_1", ["mapper"])
    const register = {
      agent_id: "mapper",
      fleet_id: "flt_1",
      role: "Security Auditor",
      skills: ["security", "authentication", "audit", "vulnerabilities"],
    }
    const call = ["call", "register_capability", JSON.stringify(register)]
    expect((await shell.run(call, createOwnHosts(shell))).err).toBe("")
    const { matches } = JSON.parse(
      (await shell.run(["route", task, "--scope", "fleet", "--json"])).out,
    )
    expect(matches).toMatchObject([
      { kind: "agent", agent_id: "mapper-1", role: "Security Auditor" },
    ])
  })

  test("answers lines of stdin in their order, with the ids they came with", async () => {
    const stdin = [
      '{"id":"b","text":"audit the login for injection"}',
      "",
      '{"id":7,"text":""}',
      '{"id":"a","text":"constructor"}',
    ]
    const { code, out, err } = await shell.run(
      ["route", "--stdin", "--scope", "roster", "--top", "5", "--json"],
      { stdin },
    )
    expect({ code, err }).toEqual({ code: 0, err: "" })
    const lines = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
    expect(lines.map(({ id, matches }) => [id, matches.length])).toEqual([
      ["b", 5],
      [7, 5],
      ["a", 5],
    ])
    expect(Object.keys(lines[0].matches[0])).toEqual([
      "agent",
      "score",
      "confidence",
      "fits",
      "reason",
    ])
    const scores = lines[0].matches.map((match: { score: number }) => match.score)
    expect(scores).toEqual(scores.toSorted((x: number, y: number) => y - x))
  })

  test("names the line that is none, after answering those before it", async () => {
    const stdin = ['{"id":1,"text":"fix a bug"}', "fix a bug"]
    const { code, out, err } = await shell.run(["route", "--stdin", "--top", "1"], { stdin })
    expect(out).toStartWith('{"id":1,')
    expect(err).toStartWith(
      '[INVALID_ARGUMENT] Line 2 of stdin is not {"id": …, "text": "…"}: fix a bug\n',
    )
    expect(code).toBe(1)
    expect((await shell.run(["route", "--stdin", "a", "text"])).code).toBe(2)
  })
})
