import { afterEach, beforeEach, expect, test } from "bun:test"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createShell, type Shell } from "../support/shell.ts"

let shell: Shell
beforeEach(async () => void (shell = await createShell()))
afterEach(() => shell.end())

const path = (name: string) => join(shell.project, name)
const run = (...argv: string[]) => shell.run(["templates", ...argv])
const file = (name: string, more: object = {}) => {
  const template = {
    schema: "meshfleet.template/1",
    name,
    description: "What we do before a release.",
    agents: [
      { role: "Checker", prompt: "Check {{version}}.\nThen stop.", agent: "reality-checker" },
      { role: "Writer", prompt: "Write notes.", name: "notes", waits: true },
    ],
    ...more,
  }
  writeFileSync(path(`${name}.json`), JSON.stringify(template))
  return path(`${name}.json`)
}

test("the ones that are shipped are listed, as a table and as JSON", async () => {
  const { code, out } = await run()
  expect(code).toBe(0)
  const [head, ...rows] = out.trimEnd().split("\n")
  expect(head!.split(/\s+/)).toEqual([
    ...["TEMPLATE", "VERSION", "OF", "AGENTS", "VARIABLES", "DESCRIPTION"],
  ])
  expect(rows).toHaveLength(6)
  expect(rows[1]).toMatch(/^code-review-trio +1 +Meshfleet +3 +change, intent +Three readers/)
  const { templates } = JSON.parse((await run("--json")).out)
  expect(templates[1]).toMatchObject({
    name: "code-review-trio",
    source: "bundled",
    variables: ["change", "intent"],
    agents: [{ name: "correctness", agent: "code-reviewer" }, {}, {}],
  })
})

test("one is imported, listed, and shown with its prompts", async () => {
  expect(await run("import", file("release"))).toMatchObject({
    code: 0,
    out: "Imported as release, version 1.\n",
  })
  expect((await run()).out).toMatch(/^release +1 +user +2 +version +What we do/m)
  const { out } = await run("show", "release")
  expect(out).toBe(
    `release, version 1, of user
What we do before a release.

variables   version

Checker (Checker)
  agent     reality-checker

  Check {{version}}.
  Then stop.

notes (Writer)
  waits     true

  Write notes.
`,
  )
  expect(JSON.parse((await run("show", "release", "--json")).out)).toMatchObject({
    version: 1,
    agents: [{ prompt: "Check {{version}}.\nThen stop." }, { name: "notes" }],
  })
})

test("what was exported is imported again under the time, or under a name of one's own", async () => {
  const { out } = await run("export", "code-review-trio", "--file", path("trio.json"))
  expect(out).toBe(`code-review-trio, version 1, is in ${path("trio.json")}.\n`)
  expect((await run("export", "code-review-trio")).out).toBe(
    readFileSync(path("trio.json"), "utf8"),
  )
  const imported = await run("import", path("trio.json"))
  expect(imported.out).toMatch(
    /^Imported as code-review-trio-\d{8}-\d{6}, version 1 \(code-review-trio is taken\)\.\n$/,
  )
  expect((await run("import", path("trio.json"), "--as", "ours")).out).toBe(
    "Imported as ours, version 1.\n",
  )
  expect((await run("import", path("trio.json"), "--as", "ours")).out).toBe(
    "Imported as ours, version 2.\n",
  )
  const agents = async (name: string) =>
    JSON.parse((await run("show", name, "--json")).out).agents as object[]
  expect(await agents("ours")).toEqual(await agents("code-review-trio"))
  const first = await run("export", "ours", "--version", "1")
  expect(JSON.parse(first.out)).toMatchObject({ name: "ours", version: 1 })
})

test("a file that is there is not written over", async () => {
  writeFileSync(path("mine.json"), "mine")
  const { code, err } = await run("export", "refactor", "--file", path("mine.json"))
  expect(code).toBe(2)
  expect(err).toContain("mine.json cannot be written: ")
  expect(readFileSync(path("mine.json"), "utf8")).toBe("mine")
})

test("what is no template, or not there, is refused and changes nothing", async () => {
  writeFileSync(path("torn.json"), "{")
  const cases: [string[], number, string][] = [
    [["import", path("torn.json")], 1, "[INVALID_ARGUMENT] torn.json is no JSON"],
    [["import", path("none.json")], 2, `${path("none.json")} cannot be read: `],
    [["import", file("odd", { agents: [{ role: "x", prompt: "a\0" }] })], 1, "NUL"],
    [["import", file("less", { agents: [] })], 1, "[INVALID_ARGUMENT] less.json: agents: "],
    [["import", file("same"), "--as", "refactor"], 1, "[NAME_TAKEN]"],
    [["import", file("same"), "--as", "A b"], 2, "--as must be 1 to 64 of a to z"],
    [["show", "refactr"], 1, "did you mean refactor?"],
    [["export", "refactor", "--version", "2"], 1, 'Template "refactor" has no version 2'],
    [["show"], 2, "templates show needs a name.\nNext: meshfleet templates show <name>"],
    [["import"], 2, "templates import needs a file."],
    [["remove", "refactor"], 2, '"remove" is nothing to do with templates.'],
  ]
  for (const [argv, code, said] of cases) {
    const ran = await run(...argv)
    expect({ argv, code: ran.code, out: ran.out }).toEqual({ argv, code, out: "" })
    expect(ran.err).toContain(said)
    expect(ran.err).toMatch(/\nNext: .+\n$/)
  }
  expect(JSON.parse((await run("--json")).out).templates).toHaveLength(6)
})

test("nothing is imported where a model could be typing; looking is for all", async () => {
  const given = file("release")
  const process = await shell.leadingOpenCode()
  for (const where of [{ insideAgent: true }, { unattended: true }, { ancestors: [process] }]) {
    const { code, err } = await shell.run(["templates", "import", given], where)
    expect([code, err.split(" ")[0]]).toEqual([1, "[NOT_ALLOWED]"])
    expect((await shell.run(["templates", "show", "refactor"], where)).code).toBe(0)
  }
  expect((await run()).out).not.toContain("release")
  expect(existsSync(given)).toBe(true)
})

test("what an agent wrote into a template steers no terminal", async () => {
  await run("import", file("loud", { agents: [{ role: "x", prompt: "a\u001b[2J\u202eb\u009b" }] }))
  for (const argv of [
    ["show", "loud"],
    ["export", "loud"],
    ["show", "loud", "--json"],
  ])
    for (const steers of ["\u001b", "\u202e", "\u009b"])
      expect((await run(...argv)).out).not.toContain(steers)
  expect(JSON.parse((await run("export", "loud")).out).agents[0].prompt).toBe(
    "a\u001b[2J\u202eb\u009b",
  )
})
