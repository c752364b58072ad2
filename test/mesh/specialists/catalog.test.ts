import { expect, test } from "bun:test"
import { join } from "node:path"
import { nodeFolderFs, type FolderFs } from "../../../plugin/mesh/specialists/agent-folder.ts"
import { createCatalog } from "../../../plugin/mesh/specialists/catalog.ts"
import { agentText } from "./agent-text.ts"
import { bundle, bundledDir, catalogOf, file, inFolder, namesIn } from "./folders.ts"

test("the bundled specialists are listed by slug, without the readme", () => {
  inFolder(bundle, (root) => {
    const catalog = catalogOf(root)
    expect(namesIn(catalog)).toEqual(["api-tester", "code-reviewer"])
    expect(catalog.problems()).toEqual([])
    const reviewer = catalog.find("code-reviewer")
    expect(reviewer?.source).toBe("bundled")
    expect(reviewer?.registered).toBe(false)
    expect(reviewer?.title).toBe("Code Reviewer")
    expect(reviewer?.access).toBe("review")
    expect(reviewer?.terms.slice(0, 2)).toEqual(["code prüfen", "durchsicht"])
    expect(Object.keys(reviewer?.config ?? {}).toSorted()).toEqual([
      "color",
      "description",
      "mode",
      "permission",
      "prompt",
    ])
  })
})

test("a specialist is found by slug, alias and title, in any case", () => {
  inFolder(bundle, (root) => {
    const catalog = catalogOf(root)
    const found = (name: string) => catalog.find(name)?.agent
    expect(found("code-reviewer")).toBe("code-reviewer")
    expect(found("Diff-Reader")).toBe("code-reviewer")
    expect(found("CODE REVIEWER")).toBe("code-reviewer")
    expect(found(" diff reader ")).toBe("code-reviewer")
    expect(found("api_tester")).toBe("api-tester")
    expect(found("ghost")).toBeUndefined()
    expect(found("")).toBeUndefined()
    expect(found("constructor")).toBeUndefined()
  })
})

test("nothing is read when the catalog is created, and nothing twice", () => {
  inFolder(bundle, (root) => {
    const reads: string[] = []
    const counting: FolderFs = {
      ...nodeFolderFs,
      entries: (path) => (reads.push(path), nodeFolderFs.entries(path)),
      read: (path) => (reads.push(path), nodeFolderFs.read(path)),
    }
    const catalog = createCatalog({
      bundled: { dir: join(root, "bundled") },
      folders: [{ path: join(root, "none"), source: "project" }],
      fs: counting,
    })
    expect(reads).toEqual([])
    catalog.list()
    const first = reads.length
    expect(first).toBeGreaterThan(0)
    catalog.find("code-reviewer")
    catalog.search("review", undefined, 5)
    catalog.near("code")
    catalog.problems()
    expect(reads.length).toBe(first)
  })
})

test("embedded agents are made at first use only", () => {
  let calls = 0
  const catalog = createCatalog({
    bundled: { embedded: () => (calls++, { format: 1, agents: [] }) },
    folders: [],
  })
  expect(calls).toBe(0)
  expect(catalog.list()).toEqual([])
  catalog.list()
  expect(calls).toBe(1)
})

test("the user's own agents are flagged as registered, with OpenCode's names for them", () => {
  const files = {
    ...bundle,
    ".opencode/agent/plain.md": "Answers in one word.\n",
    ".opencode/agents/sub/deep.md": "---\ndescription: d\nmode: subagent\n---\nx",
    ".opencode/agents/README.md": "Explains the agents. All of them.",
    "global/agents/named.md": file("Big Boss", "g"),
  }
  inFolder(files, (root) => {
    const catalog = catalogOf(root, [
      { path: ".opencode", source: "project" },
      { path: "global/agents", source: "global" },
    ])
    expect(
      catalog
        .list()
        .filter(({ registered }) => registered)
        .map(({ agent, source }) => [agent, source]),
    ).toEqual([
      ["Big Boss", "global"],
      ["README", "project"],
      ["plain", "project"],
      ["sub/deep", "project"],
    ])
    expect(catalog.find("big boss")?.mode).toBe("all")
    expect(catalog.find("sub/deep")?.mode).toBe("subagent")
    expect(catalog.problems()).toEqual([])
  })
})

test("every name and alias of the roster finds its specialist", () => {
  const catalog = createCatalog({ bundled: { dir: bundledDir }, folders: [] })
  const rows = JSON.parse(nodeFolderFs.read(join(bundledDir, "roster.json"))) as {
    agent: string
    title: string
    aliases: string[]
  }[]
  const lost = rows.flatMap(({ agent, title, aliases }) =>
    [agent, title, ...aliases].filter((name) => catalog.find(name)?.agent !== agent),
  )
  expect(lost).toEqual([])
})

test("300 files cost about what their number says", () => {
  const some = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, at) => [
        `bundled/agent-${at}.md`,
        agentText(`agent-${at}`),
      ]),
    )
  /** In µs of the processor: other tests run beside this one. */
  const measure = (count: number) => {
    let used = 0
    inFolder({ "bundled/roster.json": "[]", ...some(count) }, (root) => {
      const catalog = catalogOf(root)
      const before = process.cpuUsage()
      expect(catalog.list().length).toBe(count)
      const { user, system } = process.cpuUsage(before)
      used = user + system
    })
    return used
  }
  measure(300)
  // What compares each file with each other would take 100 times as much.
  expect(measure(300) / measure(30)).toBeLessThan(40)
})
