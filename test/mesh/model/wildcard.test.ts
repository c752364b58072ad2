import { describe, expect, test } from "bun:test"
import * as fc from "fast-check"
import {
  includesPattern,
  intersectPatterns,
  matchesWildcard,
} from "../../../plugin/mesh/model/wildcard.ts"
import { holds, patience } from "../../support/properties.ts"
import { oddPattern, textsOf } from "./patterns.ts"

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
    ["", "", true],
    ["", " *", true],
    ["git", "git **", false],
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
    ["*?", "?*", true],
    ["?", "\u0001", true],
    ["\u0001*", "*", false],
    ["\u0001*", "*\u0001", false],
    ["*aa?*", "a*aa*", false],
  ]
  for (const [outer, inner, includes] of table)
    expect([outer, inner, includesPattern(outer, inner)]).toEqual([outer, inner, includes])
})

test("what two patterns have in common is said by patterns, whichever slash they are written with", () => {
  const table: [string, string, string[]][] = [
    ["src/*", "docs/*", []],
    ["*.ts", "*.md", []],
    ["src/*", "*.md", ["src/*.md"]],
    ["src\\*a", "src/b*", ["src/b*a"]],
    ["git *", "git", ["git"]],
    ["git *", "gitk", []],
    ["git *", "* --force", ["git * --force", "git --force"]],
    ["a*", "*a", ["a*a", "a"]],
    ["*\ude00", "*😀", ["*😀"]],
    ["a? *", "?b *", ["ab", "ab **"]],
  ]
  for (const [a, b, common] of table) {
    expect([a, b, intersectPatterns(a, b)?.toSorted()]).toEqual([a, b, common.toSorted()])
    expect([b, a, intersectPatterns(b, a)?.toSorted()]).toEqual([b, a, common.toSorted()])
  }
})

test("patterns that would need too many others, or are longer than anybody writes, are not told", () => {
  expect(intersectPatterns("*a*b*c*d*e*", "*1*2*3*4*5*")).toBeUndefined()
  expect(intersectPatterns(`${"x".repeat(2000)}*`, "*y")).toBeUndefined()
  expect(intersectPatterns("x".repeat(2000), "*y")).toEqual([])
  expect(intersectPatterns("x".repeat(2000), "x*")).toEqual(["x".repeat(2000)])
})

/** OpenCode's match by its meaning, letter by letter, without a regular expression. */
const matches = (text: string, pattern: string): boolean => {
  const [given, wanted] = [text, pattern].map((each) => each.replaceAll("\\", "/")) as [
    string,
    string,
  ]
  if (wanted.endsWith(" *") && given === "" && wanted.length === 2) return true
  const at = (read: number, piece: number): boolean => {
    if (read === given.length && wanted.slice(piece) === " *") return true
    if (piece === wanted.length) return read === given.length
    if (wanted[piece] === "*")
      return at(read, piece + 1) || (read < given.length && at(read + 1, piece))
    const isLike = wanted[piece] === "?" || wanted[piece] === given[read]
    return read < given.length && isLike && at(read + 1, piece + 1)
  }
  return at(0, 0)
}

describe("of any patterns", () => {
  const two = fc.tuple(oddPattern, oddPattern, fc.nat())

  test(
    "a match is what its letters say",
    () => {
      holds(
        fc.property(oddPattern, oddPattern, fc.nat(), (pattern, other, seed) => {
          for (const text of textsOf([pattern, other], seed, 20))
            expect([text, pattern, matchesWildcard(text, pattern)]).toEqual([
              text,
              pattern,
              matches(text, pattern),
            ])
        }),
        2000,
      )
    },
    patience,
  )

  test(
    "one that includes another matches each of its texts",
    () => {
      holds(
        fc.property(two, ([outer, inner, seed]) => {
          if (!includesPattern(outer, inner)) return
          for (const text of textsOf([inner], seed, 20))
            if (matchesWildcard(text, inner))
              expect([outer, inner, text, matchesWildcard(text, outer)]).toEqual([
                outer,
                inner,
                text,
                true,
              ])
        }),
        3000,
      )
    },
    patience,
  )

  test(
    "what two have in common is exactly what both match",
    () => {
      holds(
        fc.property(two, ([a, b, seed]) => {
          const common = intersectPatterns(a, b)
          if (!common) return
          for (const text of textsOf([a, b, ...common], seed, 30))
            expect([a, b, text, common.some((each) => matchesWildcard(text, each))]).toEqual([
              a,
              b,
              text,
              matchesWildcard(text, a) && matchesWildcard(text, b),
            ])
        }),
        3000,
      )
    },
    patience,
  )
})
