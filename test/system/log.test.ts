import { afterEach, beforeEach, expect, test } from "bun:test"
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createLog } from "../../plugin/system/log.ts"

let home: string
beforeEach(() => void (home = mkdtempSync(join(tmpdir(), "meshfleet-log-"))))
afterEach(() => rmSync(home, { recursive: true, force: true }))

test("a fault is written with its time, process, stack and causes, for its user only", () => {
  const log = createLog(home, () => Date.UTC(2026, 0, 1))
  log(new Error("outer", { cause: new Error("inner", { cause: "the root" }) }))
  log("a text")
  const path = join(home, "logs", "meshfleet.log")
  const lines = readFileSync(path, "utf8").split("\n")
  expect(lines[0]).toStartWith(`2026-01-01T00:00:00.000Z ${process.pid} Error: outer`)
  expect(lines[1]).toMatch(/^\s+at /)
  expect(lines.filter((line) => line.includes("caused by"))).toEqual([
    expect.stringContaining("  caused by Error: inner"),
    "  caused by the root",
  ])
  expect(lines.at(-2)).toBe(`2026-01-01T00:00:00.000Z ${process.pid} a text`)
  expect([statSync(path).mode & 0o777, statSync(join(home, "logs")).mode & 0o777]).toEqual([
    0o600, 0o700,
  ])
})

test("a log that cannot be written is given up without a word", () => {
  const file = join(home, "file")
  writeFileSync(file, "")
  createLog(file, Date.now)(new Error("lost"))
  expect(readFileSync(file, "utf8")).toBe("")
})

test("a log that has grown to a megabyte is put aside, and a fault too long for anybody is cut", () => {
  const log = createLog(home, Date.now)
  const folder = join(home, "logs")
  for (let round = 0; round < 5; round++) {
    log("x")
    writeFileSync(join(folder, "meshfleet.log"), `${round}`.repeat(2 ** 20))
  }
  log("y".repeat(100_000))
  expect(readdirSync(folder).toSorted()).toEqual(
    ["", ".1", ".2", ".3"].map((aside) => `meshfleet.log${aside}`),
  )
  expect(readFileSync(join(folder, "meshfleet.log.3"), "utf8")).toStartWith("2")
  expect(statSync(join(folder, "meshfleet.log")).size).toBeLessThan(20_000)
})
