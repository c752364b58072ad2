import { describe, expect, test } from "bun:test"
import { lintAgentFiles } from "../../../../plugin/mesh/specialists/lint/lint-agent-files.ts"
import type { RosterEntry } from "../../../../plugin/mesh/specialists/lint/lint-roster.ts"
import { agentFile } from "../agent-text.ts"

const slugs = ["code-reviewer", "debugger", "api-tester"]

describe("the roster", () => {
  const entry: RosterEntry = {
    agent: "code-reviewer",
    title: "Code Reviewer",
    division: "engineering",
    access: "review",
    aliases: [],
    tier: "core",
    origin: "new",
  }
  const against = (change: Partial<RosterEntry>, title?: string) =>
    lintAgentFiles([agentFile("code-reviewer", title)], slugs, [{ ...entry, ...change }]).map(
      ({ rule, detail }) => `${rule}: ${detail}`,
    )

  test("fixes title, division and access", () => {
    expect(against({})).toEqual([])
    expect(against({ title: "Reviewer", division: "testing", access: "plan" })).toEqual([
      'title: "Code Reviewer", the roster has "Reviewer"',
      "division: engineering, the roster has testing",
      "access: review, the roster has plan",
    ])
    expect(against({ agent: "somebody" })).toEqual(['slug: "code-reviewer" is not in the roster'])
  })

  test("leaves the capitals of a title to the file", () => {
    expect(against({ title: "Code REVIEWER" }, "Code Reviewer")).toEqual([])
    expect(against({}, "code reviewer")).toEqual(['title: "code reviewer": use Title Case'])
    expect(against({ title: "macOS Reviewer" }, "macOS Reviewer")).toEqual([])
  })
})
