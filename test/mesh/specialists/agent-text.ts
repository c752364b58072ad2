import { parseAgentFile } from "../../../plugin/mesh/specialists/file/parse-agent-file.ts"

const sentence = (slug: string, at: number) =>
  Array.from({ length: 22 }, (_, word) => `${slug}${at}w${word}`).join(" ")

/** A file that keeps every rule; its sentences are made of its slug, so no two files are alike. */
export const agentText = (slug = "code-reviewer", title = "Code Reviewer") => `---
description: Use when ${slug} work waits in a pull request. Give it the diff and its aim. Returns findings with file and line.
mode: all
color: "#3B82F6"
permission:
  edit: deny
  task: deny
mesh:
  title: ${title}
  division: engineering
  access: review
  skills: [${slug} a, ${slug} b, ${slug} c, pull request, correctness]
  triggers:
${Array.from({ length: 8 }, (_, at) => `    - "${slug} symptom ${at}"`).join("\n")}
  not_for:
    - debugger: the cause is not known yet
    - api-tester: nothing was changed
  hands_to: [debugger]
  terms:
    de: [code prüfen, durchsicht, prüfung]
    es: [revisar código, revisión, cambio]
    pt: [revisar código, revisão, mudança]
    zh: [代码审查, 评审, 变更]
    ja: [コードレビュー, 査読, 変更]
---
## Role
Reads a change. ${sentence(slug, 0)}.

## Before you start
${sentence(slug, 1)}

## Method
${[2, 3, 4, 5, 6].map((at) => `${at - 1}. ${sentence(slug, at)}.`).join("\n")}

## Checks
${[7, 8, 9, 10].map((at) => `- ${sentence(slug, at)}`).join("\n")}

## Output
${sentence(slug, 11)}

## Limits
Edits nothing: hands the fix over. ${sentence(slug, 12)}

## In the mesh
${sentence(slug, 13)}
`

export const agentFile = (slug?: string, title?: string, change = (text: string) => text) =>
  parseAgentFile(`agents/${slug ?? "code-reviewer"}.md`, change(agentText(slug, title)))
