import { expect, test } from "bun:test"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"

const root = join(import.meta.dir, "..")
const pages = [
  "README.md",
  "AGENTS.md",
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
