import { expect, test } from "bun:test"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { scripts } from "../package.json"
import { commands } from "../plugin/cli/registry.ts"
import { failureCodes } from "../plugin/mesh/model/agent.ts"
import { errorCodes } from "../plugin/mesh/model/errors.ts"

const root = join(import.meta.dir, "..")
const pages = [
  "README.md",
  "AGENTS.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "bench/README.md",
  ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`),
].filter((path) => path.endsWith(".md"))
const read = (path: string) => readFileSync(join(root, path), "utf8")
const isThere = (path: string) => existsSync(join(root, path))

/** Named as what somebody would add. */
const imagined = new Set(["plugin/opencode/api-2/"])

test("a link of a page leads to a page, and to a heading that it has", () => {
  const anchor = (heading: string) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(" ", "-")
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].flatMap(
      ([link, path, heading]) => {
        const target = path ? join(dirname(page), path) : page
        if (!isThere(target)) return [`${page}: ${link}`]
        const headings = heading
          ? [...read(target).matchAll(/^#+ (.+)$/gm)].map(([, text]) => anchor(text!))
          : []
        return !heading || headings.includes(heading) ? [] : [`${page}: ${link}`]
      },
    ),
  )
  expect(broken).toEqual([])
})

test("a path that a page names is there", () => {
  const named = pages.flatMap((page) =>
    [...read(page).matchAll(/`((?:plugin|scripts|test|chaos|agents)\/[\w./-]+)`/g)].map(
      ([, path]) => ({ page, path: path! }),
    ),
  )
  expect(named.length).toBeGreaterThan(20)
  expect(
    named.filter(({ path }) => !isThere(path) && !imagined.has(path)).map(Object.values),
  ).toEqual([])
})

test("the rooms of the architecture page and the files of the change guide are there", () => {
  const rooms = read("docs/architecture.md")
    .split(/^## /m)
    .find((part) => part.startsWith("Rooms"))!
  const places = [rooms, read("docs/change-guide.md")].flatMap((text) =>
    [...text.matchAll(/`((?:cli|opencode|tools|system|mesh)\/[\w./-]*)`/g)].map(
      ([, path]) => `plugin/${path}`,
    ),
  )
  expect(places.length).toBeGreaterThan(40)
  expect(places.filter((path) => !isThere(path) && !imagined.has(path))).toEqual([])
})

/** What a page shows as code, without comments of a shell and without what stands in quotes. */
const codeOf = (page: string) => {
  const text = read(page)
  const blocks = [...text.matchAll(/^```\w*[^\n]*\n([^]*?)^```$/gm)].flatMap(([, lines]) =>
    lines!.split("\n"),
  )
  const spans = [...text.replace(/^```[^]*?^```$/gm, "").matchAll(/`([^`\n]+)`/g)].map(
    ([, span]) => span!,
  )
  return [...blocks, ...spans].map((line) =>
    line.replace(/"[^"]*"|'[^']*'/g, '""').replace(/(?:^|\s)#.*|\s[|>]\s.*/, ""),
  )
}

const optionsIn = (words: string) =>
  [...words.matchAll(/(?<=^|[\s[|])--([a-z][\w-]*)/g)].map(([, name]) => name!)

/** Code that speaks of commands and shows none. */
const inWords = new Set(["meshfleet command", "npm run calls"])

test("a command of meshfleet that a page shows exists, with its options", () => {
  const shown = pages.flatMap((page) =>
    codeOf(page).flatMap((line) =>
      [
        ...line.matchAll(
          /(?:^|[\s(])(?:npx opencode-meshfleet|meshfleet(?: --)?) ([a-z][a-z-]*)((?: [^\s;&)]+)*)/g,
        ),
      ].map(([text, name, rest]) => ({ page, text: text.trim(), name: name!, rest: rest! })),
    ),
  )
  expect(shown.length).toBeGreaterThan(100)
  const wrong = shown.filter(({ name, rest }) => {
    if (inWords.has(`meshfleet ${name}`)) return false
    const command = commands.find((each) => each.name === name)
    return !command || optionsIn(rest).some((option) => !(option in command.options))
  })
  expect(wrong).toEqual([])
})

test("the page of the command line has each command with all of its options", () => {
  const rows = read("docs/cli.md")
    .split("\n")
    .filter((line) => line.startsWith("| `"))
  const missing = commands.flatMap(({ name, options }) => {
    // A row may go on with `--text text`, a further form of the command that it began with.
    const own = rows
      .map((row) => [...row.split(" | ")[0]!.matchAll(/`([^`]+)`/g)].map(([, form]) => form!))
      .filter((forms) => forms.some((form) => form.split(" ")[0] === name))
      .flatMap((forms) =>
        forms.filter((form) => [name, "--"].some((each) => form.startsWith(each))),
      )
    const shown = own.flatMap(optionsIn)
    if (own.length === 0) return [name]
    return [
      ...Object.keys(options).filter((option) => !shown.includes(option)),
      ...shown.filter((option) => !(option in options)),
    ].map((option) => `${name} --${option}`)
  })
  expect(missing).toEqual([])
})

/** Where the options of a task are read, if it takes any. */
const sourceOf: Record<string, string> = {
  demo: "demo",
  bench: "bench",
  chaos: "chaos",
  soak: "chaos",
  scale: "chaos",
  "ledger-proof": "chaos",
  "board-proof": "chaos",
}
const sourcesIn = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => read(`${folder}/${path}`))
    .join("\n")

test("a task of npm that a page shows exists, with its options", () => {
  const shown = pages.flatMap((page) =>
    codeOf(page).flatMap((line) =>
      [...line.matchAll(/npm run (?:--silent )?([\w:-]+)((?: [^\s;&)]+)*)/g)].map(
        ([text, name, rest]) => ({ page, text, name: name!, rest: rest! }),
      ),
    ),
  )
  expect(shown.length).toBeGreaterThan(40)
  const sources = new Map(
    Object.values(sourceOf).map((folder) => [folder, sourcesIn(folder)] as const),
  )
  const wrong = shown.filter(({ name, rest }) => {
    if (inWords.has(`npm run ${name}`)) return false
    if (!(name in scripts)) return true
    const source = sources.get(sourceOf[name] ?? "")
    return source && optionsIn(rest).some((option) => !new RegExp(`\\b${option}\\b`).test(source))
  })
  expect(wrong).toEqual([])
})

test("troubleshooting explains every code, and none that there is not", () => {
  const parts = read("docs/troubleshooting.md").split(/^## /m)
  const explained = (title: string) =>
    [...parts.find((part) => part.startsWith(title))!.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(
      ([, code]) => code!,
    )
  expect(explained("Why an agent failed")).toEqual([...failureCodes])
  expect(explained("Errors of a call")).toEqual([...errorCodes])
})
