import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"

// Whoever sets NODE_ENV=production would otherwise get none of them.
const quietly = ["--include=dev", "--no-fund", "--no-audit", "--loglevel=error"]

/** Installs what package-lock.json asks for, unless just that is there. */
export const ensureDependencies = (root) => {
  const wanted = readPackages(root, "package-lock.json")
  if (isInstalled(wanted, readInstalled(root))) return
  console.error("Installing the dependencies once (npm ci) …")
  let result = runNpm(root, ["ci", ...quietly])
  if (result.status !== 0 && lacksOnlyOptional(result.stderr ?? "", wanted)) {
    console.error(
      "package-lock.json leaves out optional packages of other platforms, so npm ci refuses it.\n" +
        "Installing the versions it has, without changing it (npm install --no-save) …",
    )
    result = runNpm(root, ["install", "--no-save", ...quietly])
  }
  if (result.status === 0) return
  const { status, signal, error, stderr } = result
  const how = error?.message ?? (signal ? `ended by ${signal}` : `exit code ${status}`)
  throw new Error(
    `${stderr ?? ""}\nnpm could not install the dependencies (${how}); its own words are above.\n` +
      "Next: Check the network and the registry (npm config get registry), then run this command again.",
  )
}

/** Packages of other platforms are wanted by the lockfile and installed nowhere. */
export const isInstalled = (wanted, present) =>
  present !== undefined &&
  Object.entries(wanted).every(([path, each]) => {
    if (path === "") return true
    const found = present[path]
    if (!found) return each.optional === true
    return found.version === each.version && found.integrity === each.integrity
  })

/**
 * A lockfile made with a registry that lacks some platforms' packages leaves these out, and npm ci
 * refuses it everywhere. Any other disagreement with package.json is a mistake and stays one.
 */
export const lacksOnlyOptional = (stderr, wanted) => {
  const optional = new Set(
    Object.values(wanted).flatMap((each) => Object.keys(each.optionalDependencies ?? {})),
  )
  const complaints = [...stderr.matchAll(/^npm error (Missing|Invalid): (.+)$/gm)]
  return (
    complaints.length > 0 &&
    complaints.every(([, kind, about]) => {
      const name = /^(@?[^@\s]+)@\S* from lock file$/.exec(about)?.[1]
      return kind === "Missing" && optional.has(name)
    })
  )
}

const readPackages = (root, file) => JSON.parse(readFileSync(join(root, file), "utf8")).packages

/** npm writes this file as the last step of an installation: a half-done one has none. */
const readInstalled = (root) => {
  try {
    return readPackages(root, "node_modules/.package-lock.json")
  } catch {
    return undefined
  }
}

const runNpm = (root, args) => {
  // stdout belongs to the task that comes after.
  const options = { cwd: root, stdio: ["ignore", 2, "pipe"], encoding: "utf8" }
  const npm = process.env.npm_execpath
  return npm?.endsWith(".js")
    ? spawnSync(process.execPath, [npm, ...args], options)
    : spawnSync("npm", args, { ...options, shell: process.platform === "win32" })
}
