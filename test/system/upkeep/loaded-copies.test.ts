import { afterEach, beforeEach, expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { loadedCopies, recordLoaded } from "../../../plugin/system/upkeep/loaded-copies.ts"

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "meshfleet-loaded-"))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

test("each copy and process has one file, and the newest comes first", () => {
  const folder = join(home, "loaded")
  mkdirSync(folder)
  const gone = { file: "/old.js", directory: "/p", pid: 1, process_start: "never" }
  writeFileSync(join(folder, "old.json"), JSON.stringify({ ...gone, at: 1 }))
  writeFileSync(join(folder, "broken.json"), "{")
  for (let time = 0; time < 3; time++) recordLoaded(home, { file: "/a.js", directory: "/p" })
  expect(loadedCopies(home).map(({ file, isOpen }) => [file, isOpen])).toEqual([
    ["/a.js", true],
    ["/old.js", false],
  ])
})

test("of those that have ended only the last few are kept", () => {
  const folder = join(home, "loaded")
  mkdirSync(folder)
  for (let at = 1; at <= 40; at++)
    writeFileSync(
      join(folder, `${at}.json`),
      JSON.stringify({ file: `/${at}.js`, directory: "/p", pid: 1, process_start: "never", at }),
    )
  recordLoaded(home, { file: "/a.js", directory: "/p" })
  expect(readdirSync(folder)).toHaveLength(20)
  expect(loadedCopies(home).at(-1)!.file).toBe("/22.js")
})
