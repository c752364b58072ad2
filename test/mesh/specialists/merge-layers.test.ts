import { expect, test } from "bun:test"
import { bundle, catalogOf, file, inFolder, namesIn } from "./folders.ts"

test("the project comes before the global folder, further folders, and the bundle", () => {
  const everywhere = {
    ...bundle,
    "extra/code-reviewer.md": file("code-reviewer", "from extra"),
    "extra/a.md": file("a", "from extra"),
    "extra2/a.md": file("a", "from extra2"),
    "extra2/b.md": file("b", "from extra2"),
    "global/agents/code-reviewer.md": file("code-reviewer", "from global"),
    "global/agent/b.md": file("b", "from global"),
    ".opencode/agent/code-reviewer.md": file("code-reviewer", "from project"),
  }
  inFolder(everywhere, (root) => {
    const catalog = catalogOf(root, [
      { path: "extra", source: "extra" },
      { path: "extra2", source: "extra2" },
      { path: "global", source: "global" },
      { path: ".opencode", source: "project" },
    ])
    const told = catalog
      .list()
      .map((one) => `${one.agent}: ${one.source}, ${one.config.description}`)
    expect(told).toEqual([
      "a: extra, from extra",
      "api-tester: bundled, " + catalog.find("api-tester")?.description,
      "b: global, from global",
      "code-reviewer: project, from project",
    ])
    expect(catalog.problems()).toEqual([])
  })
})

test("an override keeps its own text only, and the roster's aliases lead to it", () => {
  const files = { ...bundle, "extra/x.md": file("Code Reviewer", "mine") }
  inFolder(files, (root) => {
    const mine = catalogOf(root, [{ path: "extra", source: "extra" }]).find("diff-reader")
    expect(mine?.source).toBe("extra")
    expect(mine?.aliases).toEqual(["x", "diff-reader"])
    expect(mine?.skills).toEqual([])
    expect(mine?.division).toBeUndefined()
    expect(mine?.config).toEqual({
      description: "mine",
      mode: "all",
      prompt: "Do the work of Code Reviewer.",
    })
  })
})

test("a slug of the user's comes before an alias of the roster", () => {
  inFolder({ ...bundle, "extra/diff-reader.md": file("Diff Reader", "mine") }, (root) => {
    const catalog = catalogOf(root, [{ path: "extra", source: "extra" }])
    expect(catalog.find("diff-reader")?.description).toBe("mine")
    expect(catalog.find("code-reviewer")?.source).toBe("bundled")
  })
})

test("a file that is disabled hides the specialist of its name", () => {
  const files = { ...bundle, ".opencode/agent/code-reviewer.md": "---\ndisable: true\n---\n" }
  inFolder(files, (root) => {
    const catalog = catalogOf(root, [{ path: ".opencode", source: "project" }])
    expect(namesIn(catalog)).toEqual(["api-tester"])
    expect(catalog.find("diff-reader")).toBeUndefined()
  })
})
