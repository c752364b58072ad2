import { expect, test } from "bun:test"
import { parseAgentFile } from "../../../../plugin/mesh/specialists/file/parse-agent-file.ts"
import { agentText } from "../agent-text.ts"

const parse = (text: string) => parseAgentFile("agents/code-reviewer.md", text)
const messageOf = (text: string) => {
  try {
    parse(text)
  } catch (error) {
    return (error as Error).message
  }
  return "parsed"
}
const replaced = (from: string, to: string) => agentText().replace(from, to)

test("a file is read into clean values", () => {
  const file = parse(agentText())
  expect(file.slug).toBe("code-reviewer")
  expect(file.permission).toEqual({ edit: "deny", task: "deny" })
  expect(file.color).toBe("#3B82F6")
  expect(file.mesh.not_for).toEqual([
    { agent: "debugger", reason: "the cause is not known yet" },
    { agent: "api-tester", reason: "nothing was changed" },
  ])
  expect(file.mesh.terms.ja).toEqual(["コードレビュー", "査読", "変更"])
  expect(file.body.startsWith("## Role")).toBe(true)
})

test("sections carry the line of their heading", () => {
  const text = agentText()
  const { sections } = parse(text)
  expect(sections.map(({ name }) => name)).toEqual([
    "Role",
    "Before you start",
    "Method",
    "Checks",
    "Output",
    "Limits",
    "In the mesh",
  ])
  for (const { name, line } of sections) expect(text.split("\n")[line - 1]).toBe(`## ${name}`)
})

test("a heading inside fenced code belongs to its section", () => {
  const { sections } = parse(replaced("## Output\n", "## Output\n```\n## Findings\n```\n"))
  expect(sections.map(({ name }) => name)).not.toContain("Findings")
  expect(sections.find(({ name }) => name === "Output")?.text).toContain("## Findings")
})

test("words are counted without bare punctuation", () => {
  const empty = agentText().replace(/\n---\n[\s\S]*/, "\n---\n")
  expect(parse(`${empty}## Role\nOne, two – three.\n- \n`).words).toBe(4)
})

test("Windows line ends and a byte order mark change nothing", () => {
  const file = parse(`\uFEFF${agentText().replaceAll("\n", "\r\n")}`)
  expect(file.sections).toEqual(parse(agentText()).sections)
})

test("a file without frontmatter says how to begin", () => {
  expect(messageOf("# Reviewer\n")).toBe(
    'agents/code-reviewer.md:1: no frontmatter. Begin with "---", the keys of docs/specialists.md, and "---".',
  )
})

test("broken YAML is reported with the line of the file", () => {
  const message = messageOf(replaced("mode: all", "mode: all: of it"))
  expect(message).toStartWith("agents/code-reviewer.md:3: ")
  expect(message).toContain("Quote a text")
})

test("an unquoted color is recognised as the comment YAML takes it for", () => {
  expect(messageOf(replaced('color: "#3B82F6"', "color: #3B82F6"))).toBe(
    "agents/code-reviewer.md:4: color is empty: YAML reads an unquoted # as a comment. Quote it.",
  )
})

test("a name is refused, since it would replace the file name", () => {
  expect(messageOf(replaced("mode: all", "mode: all\nname: Reviewer"))).toBe(
    'agents/code-reviewer.md:4: the key "name" is refused: the file name is the name. Remove it.',
  )
})

test("a key OpenCode does not know is refused, in mesh too", () => {
  const text = replaced("mode: all", "mode: all\ntier: core").replace(
    "  division:",
    "  rank: chief\n  division:",
  )
  const [top, inMesh] = messageOf(text).split("\n")
  expect(top).toStartWith('agents/code-reviewer.md:4: the key "tier" is refused')
  expect(inMesh).toStartWith("agents/code-reviewer.md:11: nobody reads mesh.rank")
})

test("every problem is named at once, in the order of the lines", () => {
  const text = replaced("edit: deny", "edit: never")
    .replace("    - debugger: the cause", "    - debugger\n    - x: the cause")
    .replace("[debugger]", "[2024]")
  expect(
    messageOf(text)
      .split("\n")
      .map((line) => line.split(" ")[0]),
  ).toEqual([
    "agents/code-reviewer.md:6:",
    "agents/code-reviewer.md:23:",
    "agents/code-reviewer.md:26:",
  ])
})

test("a missing key is reported at the block that lacks it", () => {
  expect(messageOf(replaced("  access: review\n", ""))).toStartWith(
    "agents/code-reviewer.md:8: mesh.access is missing.",
  )
})
