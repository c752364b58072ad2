import { describe, expect, test } from "bun:test"
import {
  lintAgentFile,
  lintAgentFiles,
  type RosterEntry,
} from "../../../plugin/mesh/specialists/lint-agent-file"
import { agentFile } from "./agent-text"

const slugs = ["code-reviewer", "debugger", "api-tester"]
const found = (change: (text: string) => string) =>
  lintAgentFile(agentFile(undefined, undefined, change)).map(
    ({ rule, detail }) => `${rule}: ${detail}`,
  )
const replacing = (from: string | RegExp, to: string) =>
  found((text) => {
    const changed = text.replace(from, to)
    if (changed === text) throw new Error(`"${from}" is not in the sample`)
    return changed
  })

test("a file that keeps the rules has no findings", () => {
  expect(lintAgentFiles([agentFile()], slugs)).toEqual([])
})

describe("a broken rule is one finding", () => {
  const cases: [from: string | RegExp, to: string, finding: string][] = [
    ["description: Use when", "description: Useful if", 'description: must begin with "Use when"'],
    [
      /^description: .*$/m,
      "description: Use when it is late. Give it a. Returns b.",
      "description: 42 characters, needs 80-220",
    ],
    [
      "Give it the diff",
      "Take the diff",
      'description: does not say what to hand over: "Give it …"',
    ],
    [". Returns findings", ". Findings", 'description: does not say what comes back: "Returns …"'],
    ["mode: all", "mode: subagent", 'mode: "subagent", must be all'],
    ["#3B82F6", "#3b82f6", 'color: #3b82f6, engineering has "#3B82F6"'],
    [
      "division: engineering",
      "division: toString",
      'division: "toString" is no division of docs/specialists.md',
    ],
    [
      "access: review",
      "access: root",
      'access: "root" is no access class: review, plan, docs, ops, write',
    ],
    ["  task: deny\n", "", 'permission: task is missing: write task: "deny"'],
    ["pull request, correctness]", "correctness]", "skills: 4 entries, needs 5-12"],
    ["pull request,", "Pull Request,", 'skills: "Pull Request" is not lower-case'],
    ['    - "code-reviewer symptom 3"\n', "", "triggers: 7 lines, needs 8-14"],
    [
      "code-reviewer symptom 3",
      "I need a code reviewer",
      'triggers: "I need a code reviewer" uses the role\'s own title',
    ],
    [
      "code-reviewer symptom 3",
      "code-reviewer symptom 4",
      'triggers: "code-reviewer symptom 4" is named twice',
    ],
    ["    - api-tester: nothing was changed\n", "", "not_for: 1 neighbours, needs 2-4"],
    ["    - api-tester:", "    - code-reviewer:", "not_for: names itself"],
    ["hands_to: [debugger]", "hands_to: []", "hands_to: 0 slugs, needs 1-4"],
    [
      "[code prüfen, durchsicht, prüfung]",
      "[code prüfen, durchsicht]",
      "terms.de: 2 terms, needs 3-6",
    ],
    ["    zh: [代码审查, 评审, 变更]\n", "", "terms.zh: 0 terms, needs 3-6"],
    ["    zh:", "    fr: [relire]\n    zh:", 'terms: "fr" is none of de, es, pt, zh, ja'],
    ["Reads a change. ", "", "role: 1 sentences, needs 2-3"],
    [/^5\. .*\n/m, "", "method: 4 numbered steps, needs 5-9"],
    [/^- code-reviewer10.*\n/m, "", "checks: 3 bullets, needs 4-8"],
    ["## Role", "Hello.\n\n## Role", "sections: there is text before the first section"],
    [
      "Edits nothing: hands the fix over. ",
      "",
      "limits: edit is denied, but Limits does not say so, nor what to do instead",
    ],
    ["Reads a change.", "A senior reader.", "fluff: says senior: name the work instead"],
    ["Reads a change.", "Reads 🚀.", "pictographs: contains 🚀"],
  ]
  for (const [from, to, finding] of cases) {
    test(finding, () => {
      expect(replacing(from, to)).toEqual([finding])
    })
  }
})

test("sections must be the seven, in order", () => {
  const [finding] = replacing("## Output", "## Result")
  expect(finding).toStartWith("sections: has Role, Before you start, Method, Checks, Result,")
})

test("a body outside 250-900 words is reported with its count", () => {
  expect(replacing("## Limits\n", `## Limits\n${"word ".repeat(700)}\n`).join()).toMatch(
    /^words: 1\d{3} words, needs 250-900$/,
  )
})

test("a specialist without bash may not be told to run a command", () => {
  const plan = (text: string) =>
    text
      .replace("access: review", "access: plan")
      .replace("  edit: deny\n", "  edit: deny\n  bash: deny\n")
  expect(found((text) => plan(text).replace("1. ", "1. Run `npm test`. "))).toEqual([
    "limits: bash is denied, but the text says to run a command: say who runs it instead",
  ])
  expect(found((text) => plan(text).replace("1. ", "1. Ask debugger to run `npm test`. "))).toEqual(
    [],
  )
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
