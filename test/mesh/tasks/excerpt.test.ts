import { expect, test } from "bun:test"
import { excerptOf } from "../../../plugin/mesh/tasks/excerpt.ts"

test("what is short is whole", () => expect(excerptOf("1 pass\n", 100)).toBe("1 pass\n"))

test("of what is long there is the end, where nothing before it speaks of a failure", () => {
  const long = `${"ok 1\n".repeat(100)}# pass 100`
  expect(excerptOf(long, 40)).toBe(long.slice(-40))
  const failed = `${"ok 1\n".repeat(100)}not ok 2\n`
  expect(excerptOf(failed, 40)).toBe(failed.slice(-40))
})

test.each(["FAIL  del.js", "not ok 7 - deletes", "(fail) deletes", "✖ deletes", "TypeError: no"])(
  "else there is its first failure as well: %s",
  (line) => {
    const text = excerptOf(
      `${"fine\n".repeat(50)}${line}\n  at src/del.js:3\n${"fine\n".repeat(500)}99 of 100`,
      120,
    )
    expect(text).toStartWith(`${line}\n`)
    expect(text).toEndWith("fine\n99 of 100")
    expect(text).toContain("\n…\n")
    expect(text.length).toBeLessThanOrEqual(120)
  },
)

test.each(["x".repeat(200_000), "Err".repeat(60_000), "not o".repeat(40_000)])(
  "a line of any length is read once",
  (line) => {
    const began = performance.now()
    excerptOf(line, 2000)
    excerptOf(`${line}TypeError: no`.repeat(2), 2000)
    const once = performance.now()
    for (let at = 0; at < line.length; at++) line.charCodeAt(at)
    const read = performance.now() - once
    expect(once - began).toBeLessThan(100 * Math.max(1, read))
  },
)
