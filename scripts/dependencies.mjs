import { readFileSync } from "node:fs"
import { join } from "node:path"
import { runStep } from "./child.mjs"
import { npmCommand } from "./npm.mjs"

// Whoever sets NODE_ENV=production would otherwise get none of them.
const quietly = ["--include=dev", "--no-fund", "--no-audit", "--loglevel=error"]

/** Installs what package-lock.json asks for, unless just that is there. */
export const ensureDependencies = async (root) => {
  const wanted = readPackages(root, "package-lock.json")
  if (isInstalled(wanted, readInstalled(root))) return
  console.error("Installing the dependencies once (npm ci) …")
  const { program, first, shell } = npmCommand()
  const { code, signal, stderr } = await runStep(program, [...first, "ci", ...quietly], {
    cwd: root,
    // stdout belongs to the task that comes after.
    stdio: ["ignore", 2, "pipe"],
    shell,
  })
  if (code === 0) return
  const how = signal ? `ended by ${signal}` : `exit code ${code}`
  throw new Error(
    `${stderr}\nnpm could not install the dependencies (${how}); its own words are above.\n` +
      `Next: ${nextStep(stderr)}`,
  )
}

/**
 * Packages of other platforms are in the lockfile but not installed. One that the registry did not
 * have when the lockfile was completed has no hash there.
 */
export const isInstalled = (wanted, present) =>
  present !== undefined &&
  Object.entries(wanted).every(([path, each]) => {
    if (path === "") return true
    const found = present[path]
    if (!found) return each.optional === true
    const isSame = each.integrity === undefined || found.integrity === each.integrity
    return found.version === each.version && isSame
  })

/** npm's own advice, npm install alone, leaves out again what the registry does not have. */
export const nextStep = (stderr) =>
  /^npm (error|ERR!) (Missing|Invalid): /m.test(stderr)
    ? "Run npm install and then node scripts/complete-lockfile.mjs, and commit package-lock.json."
    : "Check the network and the registry (npm config get registry), then run this command again."

const readPackages = (root, file) => JSON.parse(readFileSync(join(root, file), "utf8")).packages

/** npm writes this file as the last step of an installation: a half-done one has none. */
const readInstalled = (root) => {
  try {
    return readPackages(root, "node_modules/.package-lock.json")
  } catch {
    return undefined
  }
}
