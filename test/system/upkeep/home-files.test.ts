import { afterEach, beforeEach, expect, test } from "bun:test"
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { createHomeFiles } from "../../../plugin/system/upkeep/home-files.ts"

let home: string
beforeEach(() => void (home = mkdtempSync(join(tmpdir(), "meshfleet-home-"))))
afterEach(() => rmSync(home, { recursive: true, force: true }))

const write = (name: string, at = 1000, bytes = 1) => {
  const path = join(home, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, "x".repeat(bytes))
  utimesSync(path, at / 1000, at / 1000)
}
const left = () =>
  readdirSync(home, { recursive: true, encoding: "utf8" })
    .filter(
      (name) => statSync(join(home, name)).isFile() || readdirSync(join(home, name)).length === 0,
    )
    .toSorted()

test("what a pruned fleet left goes, and a tree with anything in it stays", () => {
  for (const name of [
    "logs/hst_a.log",
    "logs/hst_b.log",
    "starting/hst_a",
    "leases/flt_1.lock/x",
    "leases/flt_2.lock/x",
    "worktrees/flt_1/a1.config/.opencode/opencode.json",
    "worktrees/flt_2/a2/work.txt",
    "worktrees/flt_2/a2.config/.opencode/opencode.json",
  ])
    write(name)
  const files = createHomeFiles(home)
  files.forget("flt_1", ["hst_a"])
  files.forget("flt_2", [])
  files.forget("flt_3", ["hst_none"])
  expect(left()).toEqual(["leases", "logs/hst_b.log", "starting", "worktrees/flt_2/a2/work.txt"])
})

test("logs of hosts are bounded by age, number and size; a living host's by size alone", () => {
  for (const [name, at, bytes] of [
    ["hst_old", 10, 1],
    ["hst_living", 10, 6 * 2 ** 20],
    ["hst_young", 30, 1],
    ["meshfleet", 10, 1],
  ] as const)
    write(`logs/${name}.log`, at * 1000, bytes)
  createHomeFiles(home).tidy(new Set(["hst_living"]), 20_000)
  expect(left()).toEqual(["logs/hst_living.log", "logs/hst_young.log", "logs/meshfleet.log"])
  expect(statSync(join(home, "logs/hst_living.log")).size).toBe(2 ** 20)

  for (let at = 0; at < 510; at++) write(`logs/hst_n${at}.log`, 100_000 + at * 1000)
  createHomeFiles(home).tidy(new Set(["hst_living"]), 20_000)
  // The oldest of too many, of which the living one is not.
  expect(left().filter((name) => /hst_n\d+/.test(name))).toHaveLength(500)
  expect(left()).not.toContain("logs/hst_n0.log")
  expect(left()).toContain("logs/hst_living.log")
})

test("a home that is not there is no fault", () => {
  createHomeFiles(join(home, "none")).tidy(new Set(), 1)
  createHomeFiles(join(home, "none")).forget("flt_1", ["hst_1"])
  expect(left()).toEqual([])
})
