import { describe, expect, test } from "bun:test"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { readTemplateFolder } from "../../../plugin/mesh/templates/bundled-templates.ts"
import { fillTemplate } from "../../../plugin/mesh/templates/fill-template.ts"
import { variablesOf } from "../../../plugin/mesh/templates/template.ts"
import { createCatalog } from "../../../plugin/mesh/specialists/catalog.ts"

const root = join(import.meta.dirname, "../../..")
const templates = readTemplateFolder(join(root, "templates"))
const catalog = createCatalog({ bundled: { dir: join(root, "agents") }, folders: [] })

test("six are shipped", () => {
  expect(templates.map(({ name }) => name)).toEqual([
    "bug-investigation",
    "code-review-trio",
    "explore-plan-implement",
    "refactor",
    "security-audit",
    "test-generation",
  ])
})

describe.each(templates.map((each) => [each.name, each] as const))("%s", (_, template) => {
  const { agents } = template

  test("uses specialists of ours, each by its own name", () => {
    expect(agents.map(({ agent }) => catalog.find(agent!)?.agent)).toEqual(
      agents.map(({ agent }) => agent!),
    )
  })

  test("says what it is for, and takes few variables", () => {
    expect(template.description!.length).toBeGreaterThan(40)
    expect(variablesOf(template).length).toBeGreaterThan(0)
    expect(variablesOf(template).length).toBeLessThanOrEqual(3)
  })

  test("can be filled", () => {
    const values = Object.fromEntries(variablesOf(template).map((name) => [name, "the thing"]))
    expect(fillTemplate(template, values)).toHaveLength(agents.length)
  })

  test("names to every agent its peers, what to leave, and how to end", () => {
    const names = agents.map(({ name }) => name!)
    expect(new Set(names).size).toBe(agents.length)
    for (const { name, prompt } of agents) {
      const named = names.filter((each) => new RegExp(`\\b${each}\\b`).test(prompt))
      expect(named).not.toBeEmpty()
      expect(named).not.toContain(name)
      expect(prompt).toMatch(/\b(?:No|no|not|Nothing|only)\b/)
      expect(prompt).toMatch(/\b(?:end (?:your turn )?with|end your turn|last answer|report)\b/)
    }
  })

  test("starts by a handoff whoever waits, and somebody begins", () => {
    expect(agents.filter(({ waits }) => !waits)).not.toBeEmpty()
    const handsTo = (prompt: string, name: string) =>
      prompt
        .split(/[.:]\s/)
        .some((part) => new RegExp(`[Ss]end (?:it to )?${name}\\b.*\\(handoff`).test(part))
    for (const { name } of agents.filter(({ waits }) => waits))
      expect(agents.filter(({ prompt }) => handsTo(prompt, name!))).not.toBeEmpty()
  })
})

describe("a folder", () => {
  const folder = (files: Record<string, string>) => {
    const dir = mkdtempSync(join(tmpdir(), "meshfleet-templates-"))
    for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text)
    return dir
  }
  const good = "name: good\nagents:\n  - role: x\n    prompt: y\n"

  test("that is not there holds none", () => {
    expect(readTemplateFolder(join(root, "no-such-folder"))).toEqual([])
  })

  test("with files that are none fails, and names each of them", () => {
    const dir = folder({
      "good.yaml": good,
      "other.yaml": good,
      "torn.yaml": "name: [",
      "bare.yaml": "name: bare\n",
      "readme.md": "no template",
    })
    try {
      const read = () => readTemplateFolder(dir)
      expect(read).toThrow("templates/other.yaml: its name is good")
      expect(read).toThrow("templates/torn.yaml: ")
      expect(read).toThrow("templates/bare.yaml: ")
      expect(read).not.toThrow("good.yaml:")
    } finally {
      rmSync(dir, { recursive: true })
    }
  })
})
