import { afterEach, beforeEach, expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { readConfig } from "../../plugin/system/config-files.ts"

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "meshfleet-config-"))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const write = (folder: string, text: string) => {
  mkdirSync(join(home, folder), { recursive: true })
  writeFileSync(join(home, folder, "meshfleet.jsonc"), text)
}
const project = () => join(home, "shop", "web")
const config = (options = {}, env = {}) => readConfig(project(), options, { HOME: home, ...env })

test("layers go from the plugin's options over global, outer and inner files to variables", () => {
  const options = { attempts: 1, linger_ms: 1, batch_ms: 1, stall_ms: 1, retry_base_ms: 1 }
  write(".config/opencode", '{ "linger_ms": 2, "batch_ms": 2, "stall_ms": 2, "retry_base_ms": 2 }')
  write("shop/.opencode", '{ "batch_ms": 3, "stall_ms": 3, "retry_base_ms": 3 }')
  write("shop/web/.opencode", '{ "stall_ms": 4, "retry_base_ms": 4 }')
  const read = config(options, { MESHFLEET_RETRY_BASE_MS: "5" })
  expect(read.problems).toEqual([])
  expect(read.config).toMatchObject({
    attempts: 1,
    linger_ms: 2,
    batch_ms: 3,
    stall_ms: 4,
    retry_base_ms: 5,
  })
})

test("comments, a trailing comma and a schema are fine", () => {
  write(
    "shop/.opencode",
    '{\n  // why\n  "$schema": "https://example.org/x.json",\n  "attempts": 2,\n}',
  )
  expect(config()).toMatchObject({ config: { attempts: 2 }, problems: [] })
})

test("a broken file is told with its path and left out", () => {
  write("shop/.opencode", '{ "attempts": ')
  write(".config/opencode", "null")
  const { config: read, problems } = config({ attempts: 4 })
  expect(read.attempts).toBe(4)
  expect(problems.map((each) => each.path)).toEqual([
    join(home, ".config/opencode/meshfleet.jsonc"),
    join(home, "shop/.opencode/meshfleet.jsonc"),
  ])
})
