import { childPath } from "../../support/child.ts"
import { run } from "../../support/run.ts"

/** A Node with node:sqlite (22.13 or later): the one in MESHFLEET_TEST_NODE, else in the PATH. */
export const modernNode = async (): Promise<string | undefined> => {
  for (const candidate of [process.env["MESHFLEET_TEST_NODE"], "node"]) {
    if (!candidate) continue
    const { stdout } = await run(candidate, ["--version"]).catch(() => ({ stdout: "" }))
    const [, major = 0, minor = 0] = (/^v(\d+)\.(\d+)/.exec(stdout) ?? []).map(Number)
    if (major > 22 || (major === 22 && minor >= 13)) return candidate
  }
  return undefined
}

/** Runs test/fixtures/children/check-ledger.ts there. */
export const checkUnderNode = async (node: string, ...args: string[]) => {
  const { stdout, stderr, status } = await run(
    node,
    ["--experimental-transform-types", "--no-warnings", childPath("check-ledger"), ...args],
    // A whole contract, beside other tests.
    { timeoutMs: 120_000 },
  )
  const failures = stdout.split("\n").filter((line) => line.startsWith("failed"))
  return { stdout, status, failures: failures.join("\n") + stderr }
}
