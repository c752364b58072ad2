import { expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { version } from "../../package.json"

const root = join(import.meta.dir, "../..")
// Plain JavaScript for Node: it carries no types.
const { distTag, releaseNotes, versionOfTag } = await import(
  join(root, "scripts/release-notes.mjs")
)

const changelog = `# Changelog

Words.

## Unreleased

## 1.0.0 (2027-01-15)

### Added

- Fleets.

## [0.9.0] - 2026-12-01

- Less.

## 0.8.0
`

test("a version's notes are what stands below its title", () => {
  expect(releaseNotes(changelog, "1.0.0")).toBe("### Added\n\n- Fleets.")
  expect(releaseNotes(changelog, "0.9.0")).toBe("- Less.")
})

test("a version without a title, or without a word, is refused with what to do", () => {
  expect(() => releaseNotes(changelog, "1.0")).toThrow(
    'CHANGELOG.md has no "## 1.0", only Unreleased, 1.0.0, 0.9.0, 0.8.0.\nNext: ',
  )
  expect(() => releaseNotes(changelog, "0.8.0")).toThrow("CHANGELOG.md says nothing about 0.8.0.")
})

test("a tag that is not the package's version is refused", () => {
  expect(versionOfTag("v1.0.0", "1.0.0")).toBe("1.0.0")
  expect(() => versionOfTag("v1.0.1", "1.0.0")).toThrow("package.json has version 1.0.0.\nNext: ")
})

test("a release candidate is not what everybody installs", () => {
  expect([distTag("1.0.0-rc.1"), distTag("1.0.0")]).toEqual(["next", "latest"])
})

test("the version that is prepared has its notes", () => {
  const own = readFileSync(join(root, "CHANGELOG.md"), "utf8")
  expect(releaseNotes(own, version)).toContain("### Added")
})
