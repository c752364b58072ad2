import { describe, expect, test } from "bun:test"
import { lintAgentFile } from "../../../../plugin/mesh/specialists/lint/lint-agent-file.ts"
import { agentFile } from "../agent-text.ts"

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
