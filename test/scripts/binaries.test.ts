import { expect, test } from "bun:test"
import { join } from "node:path"

// Plain JavaScript for Node: it carries no types.
const { bunPackages, opencodePackages } = await import(
  join(import.meta.dir, "../../bin/platform-packages.mjs")
)

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
