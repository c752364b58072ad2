import { spawnSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { complete } from "./lockfile.mjs"
import { npmCommand } from "./npm.mjs"

/**
 * Adds the optional packages of other platforms that npm left out of package-lock.json: those the
 * registry did not have when npm asked for them (mirrors lack some), and with older versions of npm
 * all that do not run on this machine (https://github.com/npm/cli/issues/4828). Without them npm ci
 * refuses the lockfile on every platform. Needs no node_modules.
 */

const root = join(dirname(fileURLToPath(import.meta.url)), "..")

const askRegistry = (name, range) => {
  const { program, first, shell } = npmCommand()
  const args = [...first, "view", `${name}@${range}`, "--json"]
  const result = spawnSync(program, args, { cwd: root, encoding: "utf8", shell })
  if (result.status === 0) return [JSON.parse(result.stdout)].flat().at(-1)
  if (/\bE404\b/.test(result.stderr)) return undefined
  throw new Error(
    `${result.error?.message ?? result.stderr}\nnpm could not ask for ${name}@${range}.\n` +
      "Next: Check the network and the registry (npm config get registry), then run this again.",
  )
}

const main = () => {
  const path = join(root, "package-lock.json")
  const lock = JSON.parse(readFileSync(path, "utf8"))
  const before = Object.keys(lock.packages).length
  const { packages, unhashed: unknown } = complete(lock.packages, askRegistry)
  writeFileSync(path, `${JSON.stringify({ ...lock, packages }, undefined, 2)}\n`)
  console.log(`${Object.keys(packages).length - before} packages added to package-lock.json.`)
  if (unknown.length > 0)
    console.log(`Without a hash, as the registry does not have them:\n  ${unknown.join("\n  ")}`)
}

try {
  main()
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
