import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { createOwnHosts } from "../support/own-hosts.ts"
import { createShell, type Shell } from "../support/shell.ts"

let shell: Shell
beforeAll(async () => void (shell = await createShell()))
afterAll(() => shell.end())

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
