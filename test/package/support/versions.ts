import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { packPackage } from "../../../scripts/pack-package.ts"
import { output } from "../../support/run.ts"
import type { Registry } from "./registry.ts"

const root = join(import.meta.dir, "../../..")

/** It unpacks, hashes and checks three megabytes, beside a registry that does the same. */
const npmMs = 120_000

/** An npm that knows only this registry, with a cache and settings of its own. */
export const npmWith = (registry: Registry, folder: string) => {
  const npmrc = join(folder, "npmrc")
  writeFileSync(npmrc, registry.npmrc)
  const env = {
    PATH: process.env["PATH"],
    HOME: folder,
    npm_config_userconfig: npmrc,
    npm_config_cache: join(folder, "npm-cache"),
    npm_config_loglevel: "error",
    npm_config_update_notifier: "false",
  }
  return {
    env,
    run: (args: string[], cwd = folder) => output("npm", args, { cwd, env, timeoutMs: npmMs }),
  }
}

export type Npm = ReturnType<typeof npmWith>

/** The package as it would be published. */
export const packThis = async (folder: string) => (await packPackage(root, folder)).file

/**
 * The same as another version, of which each process that loads it leaves a line in its world's file
 * `loaded`: who it is, "lead" or "host".
 */
export const packAs = async (version: string, tarball: string, folder: string) => {
  const place = join(folder, version)
  mkdirSync(place)
  await output("tar", ["-xzf", tarball, "-C", place])
  const copy = join(place, "package")
  const path = join(copy, "package.json")
  const pkg = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>
  writeFileSync(path, JSON.stringify({ ...pkg, version }))
  appendFileSync(
    join(copy, "dist/meshfleet.js"),
    `\nimport { appendFileSync as tellWorld } from "node:fs"
tellWorld(process.env.MESHFLEET_WORLD + "/loaded", "${version} " + (process.env.MESHFLEET_ROLE ?? "lead") + "\\n")\n`,
  )
  return (await packPackage(copy, place)).file
}
