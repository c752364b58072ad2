import { afterEach, beforeEach, expect, test } from "bun:test"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { startPackageRegistry } from "../../support/package-registry.ts"
import { createShell, type Shell } from "../../support/shell.ts"

let shell: Shell
let registry: Awaited<ReturnType<typeof startPackageRegistry>>
beforeEach(async () => {
  shell = await createShell()
  mkdirSync(join(shell.project, ".git"))
  registry = await startPackageRegistry()
})
afterEach(async () => {
  await shell.end()
  await registry.end()
})

const at = (path: string) => join(shell.folder, path)
const run = (...argv: string[]) => shell.run(argv, { env: registry.env })
const packages = ".cache/opencode/packages"
const cachedVersion = (spec: string) =>
  readFileSync(at(`${packages}/${spec}/node_modules/opencode-meshfleet/dist/meshfleet.js`), "utf8")
const config = () => readFileSync(at("project/opencode.json"), "utf8")

test("what OpenCode keeps is put in order, and the configuration keeps its words", async () => {
  await run("install")
  const before = config()
  const first = await run("update", "1.0.0", "--dry-run")
  expect(first.out).toContain("opencode-meshfleet: from nothing installed yet to 1.0.0")
  expect(existsSync(at(`${packages}/opencode-meshfleet@1.0.0`))).toBe(false)

  mkdirSync(at(`${packages}/opencode-meshfleet@latest/node_modules/opencode-meshfleet/dist`), {
    recursive: true,
  })
  for (const [name, text] of [
    ["package.json", '{"name": "opencode-meshfleet", "version": "1.0.0"}'],
    ["dist/meshfleet.js", "1.0.0"],
  ])
    writeFileSync(
      at(`${packages}/opencode-meshfleet@latest/node_modules/opencode-meshfleet/${name}`),
      text!,
    )
  const { code, out } = await run("update")
  expect(code).toBe(0)
  expect(out).toContain("opencode-meshfleet: from 1.0.0 to 1.1.0")
  expect(config()).toBe(before)
  expect(cachedVersion("opencode-meshfleet@latest")).toBe("1.1.0")
  expect((await run("update")).out).toContain("opencode-meshfleet: 1.1.0 is what OpenCode has.")
  // Nothing of the way there is left.
  expect([
    ...new Bun.Glob("*").scanSync({ cwd: at(packages), onlyFiles: false, dot: true }),
  ]).toEqual(["opencode-meshfleet@latest"])
}, 60_000)

test("a version that is given is written down, and uninstall still gives every byte back", async () => {
  writeFileSync(at("project/opencode.json"), '{ "plugin": [] }')
  await run("install")
  await shell.given("flt_1", ["mapper"])
  const { out } = await run("update", "1.0.0")
  expect(out).toContain('+ { "plugin": ["opencode-meshfleet@1.0.0"] }')
  expect(out).toContain("What runs goes on")
  expect(cachedVersion("opencode-meshfleet@1.0.0")).toBe("1.0.0")
  // From then on the newest is written down too.
  const json = await run("update", "--json")
  expect(JSON.parse(json.out)).toMatchObject({
    applied: true,
    entries: [{ spec: "opencode-meshfleet@1.0.0", from: "1.0.0", to: "1.1.0" }],
  })
  expect(config()).toBe('{ "plugin": ["opencode-meshfleet@1.1.0"] }')
  expect(cachedVersion("opencode-meshfleet@1.0.0")).toBe("1.0.0")
  await run("uninstall")
  expect(config()).toBe('{ "plugin": [] }')
}, 60_000)

test("what cannot be updated is told, and nothing has changed", async () => {
  expect((await run("update")).err).toContain("Run meshfleet install first.")
  writeFileSync(at("project/opencode.json"), '{ "plugin": ["./meshfleet.js"] }')
  expect((await run("update")).err).toContain("names a local build, ./meshfleet.js")
  writeFileSync(at("project/opencode.json"), '{ "plugin": ["opencode-meshfleet"] }')
  expect((await run("update", "9.9.9")).err).toContain(
    "opencode-meshfleet@9.9.9 could not be installed",
  )
  expect((await run("update", "--version")).code).toBe(2)
  expect((await run("update", "../x")).err).toContain('"../x" is no version.')
  expect(config()).toBe('{ "plugin": ["opencode-meshfleet"] }')
  expect([
    ...new Bun.Glob("*").scanSync({ cwd: at(packages), onlyFiles: false, dot: true }),
  ]).toEqual([])
}, 60_000)
