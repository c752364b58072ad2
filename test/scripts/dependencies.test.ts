import { expect, test } from "bun:test"
import { join } from "node:path"

// Plain JavaScript for Node: it carries no types.
const { isInstalled, nextStep } = await import(
  join(import.meta.dir, "../../scripts/dependencies.mjs")
)

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
