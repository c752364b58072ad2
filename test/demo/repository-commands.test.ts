import { expect, test } from "bun:test"
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"

const root = join(import.meta.dir, "../..")
// Plain JavaScript for Node: it carries no types.
const load = async (name: string) => await import(join(root, "scripts", name))
const { bunPackages, opencodePackages } = await load("binaries.mjs")
const { isInstalled, nextStep } = await load("dependencies.mjs")

const wanted = {
  "": { version: "0.1.0" },
  "node_modules/a": { version: "1.0.0", integrity: "sha512-a" },
  "node_modules/other-system": { version: "1.0.0", optional: true },
}
const installed = (version: string) => ({ "node_modules/a": { version, integrity: "sha512-a" } })

test("packages of other systems need not be installed, all others in their version", () => {
  expect(isInstalled(wanted, installed("1.0.0"))).toBe(true)
  expect(isInstalled(wanted, installed("1.0.1"))).toBe(false)
  expect(isInstalled(wanted, {})).toBe(false)
  expect(isInstalled(wanted, undefined)).toBe(false)
})

test("a package without a hash in the lockfile is installed when its version is", () => {
  const hashless = { ...wanted, "node_modules/a": { version: "1.0.0" } }
  expect(isInstalled(hashless, installed("1.0.0"))).toBe(true)
  expect(isInstalled(hashless, installed("1.0.1"))).toBe(false)
})

test("an incomplete lockfile and a failing network have different next steps", () => {
  expect(nextStep("npm error code EUSAGE\nnpm error Missing: a@1.0.0 from lock file\n")).toContain(
    "complete-lockfile.mjs",
  )
  expect(nextStep("npm error code ENOTFOUND\n")).toContain("Check the network")
})

test("a processor without AVX2 gets the baseline builds, musl its own", () => {
  const machine = { os: "linux", arch: "x64", musl: false, avx2: true }
  expect(bunPackages(machine)).toEqual(["@oven/bun-linux-x64", "@oven/bun-linux-x64-baseline"])
  expect(opencodePackages({ ...machine, avx2: false })).toEqual(["opencode-linux-x64-baseline"])
  expect(bunPackages({ ...machine, avx2: false, musl: true })).toEqual([
    "@oven/bun-linux-x64-musl-baseline",
  ])
  expect(opencodePackages({ ...machine, avx2: false, musl: true })).toEqual([
    "opencode-linux-x64-baseline-musl",
  ])
})

test("ARM has one build, under the name each project gives that processor", () => {
  const machine = { os: "darwin", arch: "arm64", musl: false, avx2: false }
  expect(bunPackages(machine)).toEqual(["@oven/bun-darwin-aarch64"])
  expect(opencodePackages({ ...machine, os: "win32" })).toEqual(["opencode-windows-arm64"])
})

test("every command of package.json is a task, and an unknown task names those there are", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>
  }
  const { status, stderr } = spawnSync("node", ["scripts/run.mjs", "nothing"], {
    cwd: root,
    encoding: "utf8",
  })
  expect(status).toBe(2)
  const known = stderr.trim().split("There are: ")[1]!.split(", ")
  for (const [name, command] of Object.entries(scripts)) {
    expect(command).toBe(`node scripts/run.mjs ${name}`)
    expect(known).toContain(name)
  }
})
