import { expect, test } from "bun:test"
import { join } from "node:path"
import { createCatalog } from "../../../plugin/mesh/specialists/catalog.ts"
import { agentText } from "./agent-text.ts"
import { bundle, catalogOf, file, inFolder, namesIn } from "./folders.ts"

test("a clone of agency-agents is read by division, without its other files", () => {
  const clone = {
    ...bundle,
    "clone/README.md": "# The Agency",
    "clone/design/design-sketcher.md": file(
      "Sketcher",
      "Draws screens",
      "color: cyan\nemoji: 🎨\n",
    ),
    "clone/game/engine/physics.md": file("Physics Tuner", "Tunes physics", 'tools: "Read"\n'),
    "clone/top.md": file("Top Level", "Has no division"),
    "clone/design/README.md": "# Design",
    "clone/.github/agent.md": file("Hidden", "h"),
    "clone/node_modules/x/agent.md": file("Package", "p"),
    "clone/1/2/3/4/deep.md": file("Deep Enough", "d"),
    "clone/1/2/3/4/5/deeper.md": file("Too Deep", "d"),
    "clone/design/notes.txt": "no markdown",
  }
  inFolder(clone, (root) => {
    const catalog = catalogOf(root, [{ path: "clone", source: "agency" }])
    const theirs = catalog.list().filter(({ source }) => source === "agency")
    expect(theirs.map(({ agent, division }) => [agent, division])).toEqual([
      ["deep-enough", "1"],
      ["physics-tuner", "game"],
      ["sketcher", "design"],
      ["top-level", undefined],
    ])
    expect(theirs.every(({ registered }) => !registered)).toBe(true)
    expect(catalog.find("design-sketcher")?.config.color).toBe("#00FFFF")
    expect(catalog.find("physics")?.config.permission).toEqual({ edit: "deny", bash: "deny" })
    expect(catalog.problems()).toEqual([])
  })
})

test("a bad file is reported and left out, and the others stay", () => {
  const files = {
    ...bundle,
    "extra/bad.md": "---\nname: Bad\ntools: [Read, Write\n---\nx",
    "extra/good.md": file("Good", "g"),
    "extra/page.md": "# A page\n",
    "extra/huge.md": file("Huge", "h") + "x".repeat(257 * 1024),
    "extra/z-twin.md": file("Good", "again"),
    ".opencode/agent/worse.md": "---\npermission: {edit: never}\n---\nx",
  }
  inFolder(files, (root) => {
    const catalog = catalogOf(root, [
      { path: "extra", source: "extra" },
      { path: ".opencode", source: "project" },
      { path: "gone", source: "gone" },
    ])
    expect(namesIn(catalog)).toEqual(["api-tester", "code-reviewer", "good"])
    const problems = catalog.problems().map((one) => [one.file.slice(root.length + 1), one.problem])
    expect(problems.map(([path]) => path)).toEqual([
      ".opencode/agent/worse.md",
      "extra/bad.md",
      "extra/huge.md",
      "extra/page.md",
      "extra/z-twin.md",
      "gone",
    ])
    const told = Object.fromEntries(problems)
    expect(told["extra/bad.md"]).toStartWith("line 3: ")
    expect(told["extra/huge.md"]).toBe("larger than 256 KB")
    expect(told["extra/page.md"]).toBe("no frontmatter: an agent file begins with ---")
    expect(told["extra/z-twin.md"]).toBe(
      `the name "good" is taken by ${join(root, "extra/good.md")}`,
    )
    expect(told["gone"]).toBe("there is no such folder")
    expect(told[".opencode/agent/worse.md"]).toBe(
      "permission.edit must be allow, ask, deny, or patterns of these",
    )
  })
})

test("many pages without frontmatter are one problem", () => {
  const pages = Object.fromEntries([1, 2, 3, 4].map((at) => [`extra/page${at}.md`, "# A page"]))
  inFolder({ ...bundle, ...pages }, (root) => {
    expect(catalogOf(root, [{ path: "extra", source: "extra" }]).problems()).toEqual([
      { file: join(root, "extra"), problem: "4 files have no frontmatter and are no agents" },
    ])
  })
})

test("a missing bundle, a missing roster and a broken embedding are problems and no failure", () => {
  inFolder({ "bundled/code-reviewer.md": agentText() }, (root) => {
    const noRoster = catalogOf(root)
    expect(namesIn(noRoster)).toEqual(["code-reviewer"])
    expect(noRoster.problems().map((one) => one.file)).toEqual([
      join(root, "bundled", "roster.json"),
    ])
    const nothing = createCatalog({ bundled: { dir: join(root, "none") }, folders: [] })
    expect(nothing.list()).toEqual([])
    expect(nothing.problems().length).toBe(1)
  })
  const broken = () => {
    throw new Error("cut off")
  }
  expect(createCatalog({ bundled: { embedded: broken }, folders: [] }).problems()).toEqual([
    { file: "the agents in the bundle", problem: "cut off" },
  ])
})
