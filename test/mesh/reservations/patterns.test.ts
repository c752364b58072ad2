import { expect, test } from "bun:test"
import * as fc from "fast-check"
import { isMeant, isPart, overlap } from "../../../plugin/mesh/reservations/patterns.ts"
import { holds } from "../../support/properties.ts"

test("a path meets itself, the folders above it and the globs that fit it", () => {
  for (const pattern of [
    ...["src/a/b.ts", "src", "src/a", "src/a/*.ts", "src/*/b.ts", "src/**", "**/b.ts", "**/*.ts"],
    ...["src/**/b.ts", "src/a/**/b.ts", "src/?/b.*", "src/**/**"],
  ]) {
    expect([pattern, overlap(pattern, "src/a/b.ts")]).toEqual([pattern, true])
    expect([pattern, overlap("src/a/b.ts", pattern)]).toEqual([pattern, true])
  }
})

test("a star stays within a name, and names are not cut", () => {
  for (const pattern of ["src/*.ts", "*.ts", "src/a/b", "src/a/b.tsx", "sr", "src/*", "a", "*/*"])
    expect([pattern, overlap(pattern, "src/a/b.ts")]).toEqual([pattern, false])
})

test("brackets, braces and dots are what they are", () => {
  expect(overlap("app/[id]/page.tsx", "app/[id]/page.tsx")).toBe(true)
  expect(overlap("app/[id]/page.tsx", "app/i/page.tsx")).toBe(false)
  expect(overlap("a.ts", "abts")).toBe(false)
})

test("two globs meet where one file can belong to both", () => {
  expect(overlap("src/**/*.test.ts", "src/mail/*")).toBe(true)
  expect(overlap("src/*.ts", "src/*.md")).toBe(false)
  expect(overlap("src/a*", "src/*b")).toBe(true)
  expect(overlap("docs/**", "src/**")).toBe(false)
  expect(overlap("**/a", "src/**")).toBe(true)
})

const part = fc.constantFrom("a", "b", "ab", "*", "a*", "*b", "?", "**")
const name = fc.constantFrom("a", "b", "ab", "abb", "c")
const pattern = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"))
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"))

test("who meets is the same from both sides, and whatever belongs to both shows that they meet", () => {
  holds(
    fc.property(pattern, pattern, path, (a, b, file) => {
      expect(overlap(a, b)).toBe(overlap(b, a))
      if (isOf(a, file) && isOf(b, file)) expect(overlap(a, b)).toBe(true)
      if (isOf(a, file)) expect(overlap(a, file)).toBe(true)
    }),
    2000,
  )
})

/** The same said by regular expressions. */
const isOf = (glob: string, file: string) => {
  const source = glob
    .split("/")
    .map((each) =>
      each === "**" ? "(?:[^/]+/)*" : `${each.replaceAll("*", "[^/]*").replaceAll("?", "[^/]")}/`,
    )
    .join("")
  const below = /[*?]/.test(glob.split("/").at(-1)!) ? "" : "(?:[^/]+/)*"
  return new RegExp(`^${source}${below}$`).test(`${file}/`)
}

test("what is all of the tree is no part of it", () => {
  expect(["", "**", "*", "*/**", "src", "*.ts", "**/a"].map(isPart)).toEqual([
    ...[false, false, false, false],
    ...[true, true, true],
  ])
})

test("a folder means what was reserved below it", () => {
  expect(isMeant("src", "src/a.ts")).toBe(true)
  expect(isMeant("src/a.ts", "src/a.ts")).toBe(true)
  expect(isMeant("src/a", "src/a.ts")).toBe(false)
  expect(isMeant("src/a.ts", "src")).toBe(false)
})
