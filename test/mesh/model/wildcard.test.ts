import { expect, test } from "bun:test"
import { areApart, includesPattern, matchesWildcard } from "../../../plugin/mesh/model/wildcard.ts"

test("a pattern matches as in OpenCode: * is any text, ? one character, the rest itself", () => {
  const table: [string, string, boolean][] = [
    ["git push", "git *", true],
    ["git", "git *", true],
    ["gitk", "git *", false],
    ["a.env", "*.env", true],
    ["aXenv", "*.env", false],
    ["ab", "a?", true],
    ["a\nb", "a*", true],
    ["a(b)", "a(b)", true],
    ["src\\a.ts", "src/*", true],
    ["src/a.ts", "src\\*", true],
  ]
  for (const [text, pattern, matches] of table)
    expect([text, pattern, matchesWildcard(text, pattern)]).toEqual([text, pattern, matches])
})

test("a pattern includes another only if it matches all of its texts", () => {
  const table: [string, string, boolean][] = [
    ["*", "git *", true],
    ["docs/*", "docs/*.md", true],
    ["docs/*.md", "docs/*", false],
    ["git *", "git", true],
    ["git *", "git*", false],
    // "git" alone is what the second one matches as well.
    ["git ?*", "git *", false],
    ["git **", "git *", false],
    ["src\\*", "src/a*", true],
  ]
  for (const [outer, inner, includes] of table)
    expect([outer, inner, includesPattern(outer, inner)]).toEqual([outer, inner, includes])
})

test("patterns are apart when their fixed beginnings or ends are, whichever slash they are written with", () => {
  const table: [string, string, boolean][] = [
    ["src/*", "docs/*", true],
    ["*.ts", "*.md", true],
    ["src/*", "*.md", false],
    ["src\\*a", "src/b*", false],
    ["git *", "git", false],
    ["git *", "gitk", true],
  ]
  for (const [a, b, apart] of table) {
    expect([a, b, areApart(a, b)]).toEqual([a, b, apart])
    expect([b, a, areApart(b, a)]).toEqual([b, a, apart])
  }
})
