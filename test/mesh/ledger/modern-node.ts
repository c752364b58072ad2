import { spawnSync } from "node:child_process"
import { childPath } from "../../support/child.ts"

/** A Node with node:sqlite (22.13 or later): the one in MESHFLEET_TEST_NODE, else in the PATH. */
export const modernNode = (): string | undefined =>
  [process.env["MESHFLEET_TEST_NODE"], "node"].find((candidate) => {
    if (!candidate) return false
    const version = spawnSync(candidate, ["--version"], { encoding: "utf8" }).stdout ?? ""
    const [, major = 0, minor = 0] = (/^v(\d+)\.(\d+)/.exec(version) ?? []).map(Number)
    return major > 22 || (major === 22 && minor >= 13)
  })

/** Runs test/fixtures/children/check-ledger.ts there. */
export const checkUnderNode = (node: string, ...args: string[]) => {
  const { stdout, stderr, status } = spawnSync(
    node,
    ["--experimental-transform-types", "--no-warnings", childPath("check-ledger"), ...args],
    { encoding: "utf8" },
  )
  const failures = stdout.split("\n").filter((line) => line.startsWith("failed"))
  return { stdout, status, failures: failures.join("\n") + stderr }
}
