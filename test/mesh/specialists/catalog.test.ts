import { expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { nodeFolderFs, type FolderFs } from "../../../plugin/mesh/specialists/agent-folder.ts"
import {
  bundledFilesIn,
  createCatalog,
  type CatalogDeps,
} from "../../../plugin/mesh/specialists/catalog.ts"
import { embedAgents } from "../../../plugin/mesh/specialists/embed.ts"
import { agentText } from "./agent-text.ts"

const bundledDir = join(import.meta.dirname, "..", "..", "..", "agents")

/** A folder with these files; one that is left after a failure shows what the test saw. */
const inFolder = (files: Record<string, string>, use: (root: string) => void) => {
  const root = mkdtempSync(join(tmpdir(), "meshfleet-catalog-"))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  use(root)
  rmSync(root, { recursive: true })
}

const file = (name: string, description: string, more = "") =>
  `---\nname: ${name}\ndescription: ${description}\n${more}---\nDo the work of ${name}.\n`

const roster = JSON.stringify([
  { agent: "code-reviewer", aliases: ["diff-reader"] },
  { agent: "api-tester", aliases: [] },
])
const bundle = {
  "bundled/roster.json": roster,
  "bundled/README.md": "# Not an agent\n",
  "bundled/code-reviewer.md": agentText("code-reviewer", "Code Reviewer"),
  "bundled/api-tester.md": agentText("api-tester", "API Tester"),
}
const catalogOf = (root: string, folders: CatalogDeps["folders"] = []) =>
  createCatalog({
    bundled: { dir: join(root, "bundled") },
    folders: folders.map(({ path, source }) => ({ path: join(root, path), source })),
  })
const namesIn = (catalog: ReturnType<typeof createCatalog>) =>
  catalog.list().map(({ agent }) => agent)

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

test("a file that is disabled hides the specialist of its name", () => {
  const files = { ...bundle, ".opencode/agent/code-reviewer.md": "---\ndisable: true\n---\n" }
  inFolder(files, (root) => {
    const catalog = catalogOf(root, [{ path: ".opencode", source: "project" }])
    expect(namesIn(catalog)).toEqual(["api-tester"])
    expect(catalog.find("diff-reader")).toBeUndefined()
  })
})

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

test("links are followed, and one that leads back to itself comes to an end", () => {
  inFolder({ ...bundle, "shared/linked.md": file("linked", "l") }, (root) => {
    mkdirSync(join(root, ".opencode/agents"), { recursive: true })
    symlinkSync(join(root, "shared"), join(root, ".opencode/agents/team"))
    symlinkSync(join(root, "nowhere.md"), join(root, ".opencode/agents/broken.md"))
    symlinkSync(join(root, ".opencode/agents"), join(root, ".opencode/agents/loop"))
    const catalog = catalogOf(root, [{ path: ".opencode", source: "project" }])
    expect(catalog.find("linked")?.source).toBe("project")
    expect(namesIn(catalog)).toEqual(["api-tester", "code-reviewer", "linked"])
  })
})

test("near names come from misspelling, containment and shared words", () => {
  inFolder({ ...bundle, "extra/p.md": file("Physics Tuner", "p") }, (root) => {
    const catalog = catalogOf(root, [{ path: "extra", source: "extra" }])
    expect(catalog.near("code-reviwer")).toEqual(["code-reviewer"])
    expect(catalog.near("Code Reviewers")).toEqual(["code-reviewer"])
    expect(catalog.near("dif-reader")).toEqual(["code-reviewer"])
    expect(catalog.near("tester")).toEqual(["api-tester"])
    expect(catalog.near("tuner of physics")).toEqual(["physics-tuner"])
    expect(catalog.near("code-reviwer", 0)).toEqual([])
    expect(catalog.near("ghost")).toEqual([])
    expect(catalog.near("")).toEqual([])
    expect(catalog.near("🎯")).toEqual([])
    expect(catalog.near("x".repeat(100_000))).toEqual([])
  })
})

test("a search wants all words, takes any when nobody has all, and puts names first", () => {
  const files = {
    ...bundle,
    "extra/game/a.md": file("Level Builder", "Builds levels in R for a code reviewer"),
    "extra/game/b.md": file("Sound Mixer", "Mixes sound"),
    "extra/design/c.md": file("Painter", "Paints a level"),
  }
  inFolder(files, (root) => {
    const catalog = catalogOf(root, [{ path: "extra", source: "extra" }])
    const search = (query?: string, division?: string, limit = 10) => {
      const { total, agents } = catalog.search(query, division, limit)
      return [total, ...agents.map(({ agent }) => agent)]
    }
    expect(search("level")).toEqual([2, "level-builder", "painter"])
    expect(search("sound level")).toEqual([3, "level-builder", "sound-mixer", "painter"])
    expect(search("paints level")).toEqual([1, "painter"])
    expect(search("Code Reviewer")).toEqual([2, "code-reviewer", "level-builder"])
    expect(search("r")).toEqual([1, "level-builder"])
    expect(search("プルリクエスト")).toEqual([0])
    expect(search("査読")).toEqual([2, "api-tester", "code-reviewer"])
    expect(search(undefined, "Game")).toEqual([2, "level-builder", "sound-mixer"])
    expect(search("level", "design")).toEqual([1, "painter"])
    expect(search(undefined, undefined, 2)).toEqual([5, "api-tester", "code-reviewer"])
    expect(search("  ", undefined, 0)).toEqual([5])
    expect(search("🎯")).toEqual([0])
    expect(search("constructor")).toEqual([0])
  })
})

test("files of ours where OpenCode would register them are named", () => {
  const files = {
    "agents/code-reviewer.md": agentText(),
    "agents/sub/api-tester.md": agentText("api-tester").replaceAll("\n", "\r\n"),
    "agents/mine.md": file("mine", "mentions mesh: in its text"),
    "agents/page.md": "mesh:\n",
  }
  inFolder(files, (root) => {
    expect(bundledFilesIn(join(root, "agents"))).toEqual(["code-reviewer.md", "sub/api-tester.md"])
    expect(bundledFilesIn(join(root, "none"))).toEqual([])
  })
})

test("an embedding names every file that does not parse", () => {
  const files = {
    ...bundle,
    "bundled/bad.md": "# Bad",
    "bundled/worse.md": "---\nmode: all: x\n---\n",
  }
  inFolder(files, (root) => {
    const named = (() => {
      try {
        embedAgents(join(root, "bundled"))
      } catch (error) {
        return (error as Error).message.split("\n").map((line) => line.split(":")[0])
      }
      return []
    })()
    expect([...new Set(named)]).toEqual(["agents/bad.md", "agents/worse.md"])
  })
})

test("the bundle holds what a checkout reads", () => {
  const fromFiles = createCatalog({ bundled: { dir: bundledDir }, folders: [] })
  const json = JSON.stringify(embedAgents(bundledDir))
  const embedded = createCatalog({ bundled: { embedded: () => JSON.parse(json) }, folders: [] })
  expect(fromFiles.problems()).toEqual([])
  // toEqual takes an undefined key for a missing one; only a checkout has files.
  const checkout = fromFiles.list().map((one) => ({ ...one, file: undefined }))
  expect(embedded.list() as unknown).toEqual(checkout)
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
  const measure = (count: number) => {
    let ms = 0
    inFolder({ "bundled/roster.json": "[]", ...some(count) }, (root) => {
      const catalog = catalogOf(root)
      const start = performance.now()
      expect(catalog.list().length).toBe(count)
      ms = performance.now() - start
    })
    return ms
  }
  measure(30)
  const [few, many] = [measure(30), measure(300)]
  console.log(
    `  30 files ${few.toFixed(1)} ms, 300 files ${many.toFixed(1)} ms: ${(many / few).toFixed(1)} times for 10 times the files`,
  )
})
