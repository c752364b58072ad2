import { expect, test } from "bun:test"
import {
  convertAgentFile,
  toSlug,
} from "../../../../plugin/mesh/specialists/file/convert-agent-file.ts"

const designer = `---
name: Interface Sketcher
description: Turns rough product notes into clickable screens
color: cyan
emoji: 🎨
vibe: Draws first, argues later.
tools: Read, Write, WebFetch
services:
  - name: Screenbox
    url: https://screenbox.example
    tier: free
---

# Interface Sketcher

You are **Interface Sketcher**. You draw screens.
`

const auditor = `---
name: Ledger Auditor
description: Reads books and names what does not add up
color: "#0af"
tools: [Read, Grep, Glob]
model: sonnet
---
Check each posting against its receipt.
`

const pilot = `---
name: Release Pilot
color: neon-cyan
tools:
  write: false
  bash: true
  webfetch: false
mode: conductor
temperature: 0.2
top_p: high
steps: 40
hidden: true
---
# Release Pilot

<!-- kept short on purpose -->
> Takes a **tagged build** to users, one ring at a time. Stops at the first bad signal.
`

const convert = (text: string, file = "engineering/some-file.md") =>
  convertAgentFile(file, text, { source: "agency" })
const withKeys = (keys: string) =>
  convert(`---\nname: Some Agent\ndescription: d\n${keys}\n---\nDo it.`)
const permissionOf = (keys: string) => withKeys(keys).config.permission
const problemOf = (text: string) => {
  try {
    convert(text)
  } catch (error) {
    return (error as Error).message
  }
  return "converted"
}

test("a file with the tools as text becomes a specialist without any unknown key", () => {
  expect(
    convertAgentFile("design/design-sketcher.md", designer, {
      source: "agency",
      division: "design",
    }),
  ).toEqual({
    agent: "interface-sketcher",
    title: "Interface Sketcher",
    description: "Turns rough product notes into clickable screens",
    division: "design",
    mode: "all",
    aliases: ["design-sketcher"],
    skills: [],
    triggers: [],
    terms: [],
    source: "agency",
    registered: false,
    config: {
      description: "Turns rough product notes into clickable screens",
      mode: "all",
      prompt: "# Interface Sketcher\n\nYou are **Interface Sketcher**. You draw screens.",
      color: "#00FFFF",
      permission: { bash: "deny" },
    },
  })
})

test("a file with the tools as a list loses editing and bash, and another harness's model", () => {
  const { config } = convert(auditor)
  expect(config).toEqual({
    description: "Reads books and names what does not add up",
    mode: "all",
    prompt: "Check each posting against its receipt.",
    color: "#00AAFF",
    permission: { edit: "deny", bash: "deny" },
  })
})

test("a file with the tools as a map loses what is false, and every value OpenCode would refuse", () => {
  const { config } = convert(pilot)
  expect(config).toEqual({
    description: "Takes a tagged build to users, one ring at a time.",
    mode: "all",
    prompt: config.prompt,
    permission: { edit: "deny", webfetch: "deny" },
    temperature: 0.2,
    steps: 40,
  })
  expect(config.prompt).toStartWith("# Release Pilot")
})

test("without tools nothing is denied", () => {
  expect(permissionOf("color: red")).toBeUndefined()
  expect(permissionOf("tools:")).toBeUndefined()
  expect(permissionOf('tools: "*"')).toBeUndefined()
  expect(permissionOf("tools: Read, Edit, Bash")).toBeUndefined()
})

test("an empty list of tools denies what changes anything", () => {
  expect(permissionOf("tools: []")).toEqual({ edit: "deny", bash: "deny" })
})

test("tools limited to patterns stay limited to them", () => {
  expect(permissionOf("tools: Bash(git diff:*, npm test), Write")).toEqual({
    bash: { "*": "deny", "git diff*": "allow", "npm test": "allow" },
  })
})

test("a map that takes everything gives back only what it sets to true", () => {
  expect(permissionOf('tools: {"*": false, Read: true}')).toEqual({ "*": "deny", read: "allow" })
})

test("disallowed tools are denied, whole or by pattern", () => {
  expect(permissionOf("disallowedTools: WebFetch, Bash(rm:*)")).toEqual({
    webfetch: "deny",
    bash: { "rm*": "deny" },
  })
})

test("a file's own permission stays, and denials of its tools come after it", () => {
  expect(permissionOf('permission: {"*": ask, edit: allow}\ntools: Read')).toEqual({
    "*": "ask",
    edit: "allow",
    bash: "deny",
  })
  expect(Object.keys(permissionOf('permission: {"*": ask}\ntools: Read') ?? {})).toEqual([
    "*",
    "edit",
    "bash",
  ])
})

test("one action for everything is written as OpenCode's block", () => {
  expect(permissionOf("permission: ask")).toEqual({ "*": "ask" })
})

test("a permission that cannot be read is refused rather than dropped, since it may be a denial", () => {
  expect(problemOf("---\nname: A\npermission: {edit: never}\n---\nDo it.")).toBe(
    "permission.edit must be allow, ask, deny, or patterns of these",
  )
  expect(problemOf("---\nname: A\npermission: [edit]\n---\nDo it.")).toBe(
    "permission must be allow, ask, deny, or a block of keys",
  )
})

test("colors become what OpenCode accepts or are dropped", () => {
  const colorOf = (color: string) => withKeys(`color: ${color}`).config.color
  expect(colorOf("cyan")).toBe("#00FFFF")
  expect(colorOf("Royal-Blue")).toBe("#4169E1")
  expect(colorOf('"#3b82f6"')).toBe("#3B82F6")
  expect(colorOf("accent")).toBe("accent")
  expect(colorOf("ultraviolet-ish")).toBeUndefined()
  expect(colorOf("constructor")).toBeUndefined()
  expect(colorOf('"#12345"')).toBeUndefined()
  expect(colorOf("#3B82F6")).toBeUndefined()
  expect(colorOf("7")).toBeUndefined()
})

test("a model of OpenCode's form is kept", () => {
  expect(withKeys("model: acme/large-2").config.model).toBe("acme/large-2")
  expect(withKeys("model: inherit").config.model).toBeUndefined()
})

test("the name decides the slug, and the file's name answers too", () => {
  const named = (name: string) => convert(`---\nname: ${name}\ndescription: d\n---\nx`).agent
  expect(named("Frontend Developer")).toBe("frontend-developer")
  expect(named("C++ / Rust   Café Owner's")).toBe("c-rust-cafe-owners")
  expect(named("前端开发者")).toBe("前端开发者")
  expect(named("'🎯'")).toBe("some-file")
  expect(convert("---\ndescription: d\n---\nx", "marketing/TikTok_Strategist.md").agent).toBe(
    "tiktok-strategist",
  )
  expect(toSlug("デザイナー")).toBe("デザイナー")
})

test("a title is the name as written, or the slug in words", () => {
  expect(convert("---\nname: SEO Specialist\ndescription: d\n---\nx").title).toBe("SEO Specialist")
  expect(convert("---\nname: seo-specialist\ndescription: d\n---\nx").title).toBe("Seo Specialist")
})

test("a missing description is the first sentence below headings, comments and code", () => {
  const text =
    "---\nname: A\n---\n# Title\n```sh\nrun. it.\n```\n\n- Reads **every** file. Then more.\n"
  expect(convert(text).description).toBe("Reads every file.")
  expect(convert("---\nname: A\n---\n阅读所有文件。然后写。").description).toBe("阅读所有文件。")
})

test("a first sentence without an end is cut", () => {
  const { description } = convert(`---\nname: A\n---\n${"word ".repeat(100)}`)
  expect([...description].length).toBe(220)
  expect(description).toEndWith("word word…")
})

test("our own block is read, and does not reach OpenCode", () => {
  const { division, access, skills, triggers, terms, title, config } = withKeys(
    "mesh:\n  title: The Agent\n  division: testing\n  access: review\n  skills: [one, 2, three]\n" +
      "  triggers: [it broke]\n  terms: {de: [prüfen], ja: [検査]}",
  )
  expect({ division, access, skills, triggers, terms, title }).toEqual({
    division: "testing",
    access: "review",
    skills: ["one", "three"],
    triggers: ["it broke"],
    terms: ["prüfen", "検査"],
    title: "The Agent",
  })
  expect(Object.keys(config)).toEqual(["description", "mode", "prompt"])
})

test("a description with a colon is read as OpenCode reads it", () => {
  expect(convert("---\nname: A\ndescription: Use when: it breaks\n---\nx").description).toBe(
    "Use when: it breaks",
  )
})

test("Windows line ends and a byte order mark change nothing", () => {
  expect(convert(`\uFEFF${designer.replaceAll("\n", "\r\n")}`)).toEqual(convert(designer))
})

test("broken YAML is refused with its line in the file", () => {
  expect(problemOf("---\nname: A\ntools: [Read, Write\n---\nx")).toStartWith("line 3: ")
  expect(problemOf('---\nname: "A\n---\nx')).toStartWith("line ")
  expect(problemOf("---\n- a\n- b\n---\nx")).toBe("line 2: the frontmatter has no keys")
})

test("what cannot be an agent says why", () => {
  expect(problemOf("# Just a page\n")).toBe("no frontmatter: an agent file begins with ---")
  expect(problemOf("---\nname: A\ndescription: d\n---\n\n")).toBe(
    "there is no text below the frontmatter",
  )
  expect(problemOf("---\nname: A\n---\n# Only a heading\n")).toBe(
    "no description, and no sentence that could be one",
  )
})

test("keys named like object members do no harm", () => {
  const { agent, config } = withKeys("__proto__: {polluted: true}\nconstructor: x")
  expect(agent).toBe("some-agent")
  expect(Object.keys(config)).toEqual(["description", "mode", "prompt"])
  expect("polluted" in {}).toBe(false)
})

test("a file that OpenCode registers keeps the name OpenCode gives it", () => {
  const registered = (text: string) =>
    convertAgentFile("sub/My Agent.md", text, { source: "project", registered: true })
  expect(registered("---\ndescription: d\n---\nx").agent).toBe("sub/My Agent")
  expect(registered("---\nname: Big Boss\ndescription: d\n---\nx").agent).toBe("Big Boss")
  expect(registered("Answer in rhymes. Always.").description).toBe("Answer in rhymes.")
  expect(registered("---\nmode: subagent\n---\n").config).toEqual({
    description: "sub/My Agent",
    mode: "subagent",
    prompt: "",
  })
  expect(registered("---\ndisable: true\n---\nx").disabled).toBe(true)
})
