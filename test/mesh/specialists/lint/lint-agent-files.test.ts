import { describe, expect, test } from "bun:test"
import { lintAgentFiles } from "../../../../plugin/mesh/specialists/lint/lint-agent-files.ts"
import { agentFile } from "../agent-text.ts"

const slugs = ["code-reviewer", "debugger", "api-tester"]

test("a file that keeps the rules has no findings", () => {
  expect(lintAgentFiles([agentFile()], slugs)).toEqual([])
})

describe("rules between files", () => {
  const between = (change: (text: string) => string) => {
    const second = agentFile("api-tester", "Api Tester", (text) =>
      change(text).replace("- api-tester:", "- code-reviewer:"),
    )
    return lintAgentFiles([agentFile(), second], slugs).map(
      ({ file, rule, detail }) => `${file} ${rule}: ${detail}`,
    )
  }

  test("two different files have no findings", () => {
    expect(between((text) => text)).toEqual([])
  })

  test("titles are unique, whatever their capitals", () => {
    expect(between((text) => text.replace("title: Api Tester", "title: CODE Reviewer"))).toEqual([
      'agents/code-reviewer.md title: "code reviewer" is also in api-tester',
      'agents/api-tester.md title: "code reviewer" is also in code-reviewer',
    ])
  })

  test("descriptions are unique", () => {
    const { description } = agentFile()
    const findings = between((text) =>
      text.replace(/^description: .*$/m, `description: ${description}`),
    )
    expect(findings).toHaveLength(2)
    expect(findings[0]).toStartWith("agents/code-reviewer.md description:")
  })

  test("triggers are unique", () => {
    expect(
      between((text) => text.replace("api-tester symptom 1", "code-reviewer Symptom 1")),
    ).toEqual([
      'agents/code-reviewer.md triggers: "code-reviewer symptom 1" is also in api-tester',
      'agents/api-tester.md triggers: "code-reviewer symptom 1" is also in code-reviewer',
    ])
  })

  test("three skills must be ones that at most two others have", () => {
    const crowd = ["alpha", "beta", "gamma"].map((slug) =>
      agentFile(slug, slug.toUpperCase(), (text) =>
        text.replace("correctness]", "correctness, code-reviewer a]"),
      ),
    )
    const skillFindings = (files: typeof crowd) =>
      lintAgentFiles([agentFile(), ...files], slugs).filter(({ rule }) => rule === "skills")
    expect(skillFindings(crowd.slice(1))).toEqual([])
    expect(skillFindings(crowd)).toEqual([
      {
        file: "agents/code-reviewer.md",
        rule: "skills",
        detail: "2 skills that at most 2 others have, needs 3",
      },
    ])
  })

  test("a reference to nobody is reported", () => {
    expect(lintAgentFiles([agentFile()], ["code-reviewer", "api-tester"])).toEqual([
      { file: "agents/code-reviewer.md", rule: "not_for", detail: '"debugger" is no specialist' },
      { file: "agents/code-reviewer.md", rule: "hands_to", detail: '"debugger" is no specialist' },
    ])
  })

  test("copied sentences are reported for both files, by how much was copied", () => {
    const checks = /## Checks\n[^#]*/
    const [copied = ""] = agentFile().body.match(checks) ?? []
    const findings = between((text) => text.replace(checks, copied))
    expect(findings).toHaveLength(2)
    expect(findings[0]).toMatch(
      /^agents\/code-reviewer.md similarity: shares 2\d\.\d % of its five-word runs with api-tester: 15 % fails$/,
    )
    // About half of the copied words lands between the two limits.
    const half = copied.split(" ").slice(0, 42).join(" ")
    const some = between((text) => text.replace(checks, `${half}\n- one\n- two\n\n`))
    expect(some[1]).toMatch(
      /^agents\/api-tester.md similarity: shares 1[2-4]\.\d % .* with code-reviewer: 12 % is the limit$/,
    )
  })
})
