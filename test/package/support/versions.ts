import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { packPackage } from "../../../scripts/pack-package.ts"
import type { Registry } from "./registry.ts"

const root = join(import.meta.dir, "../../..")

const run = (
  command: string[],
  options: { cwd: string; env?: Record<string, string | undefined> },
) => {
  const { exitCode, stdout, stderr } = Bun.spawnSync(command, {
    ...options,
    env: options.env ?? process.env,
    stdout: "pipe",
    stderr: "pipe",
  })
  if (exitCode !== 0) throw new Error(`${command.join(" ")}: exit code ${exitCode}\n${stderr}`)
  return stdout.toString()
}

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
  return { env, run: (args: string[], cwd = folder) => run(["npm", ...args], { cwd, env }) }
}

export type Npm = ReturnType<typeof npmWith>

/** The package as it would be published. */
export const packThis = (folder: string) => packPackage(root, folder).file

/**
 * The same as another version, of which each process that loads it leaves a line in its world's file
 * `loaded`: who it is, "lead" or "host".
 */
export const packAs = (version: string, tarball: string, folder: string) => {
  const place = join(folder, version)
  mkdirSync(place)
  run(["tar", "-xzf", tarball, "-C", place], { cwd: folder })
  const copy = join(place, "package")
  const path = join(copy, "package.json")
  const pkg = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>
  writeFileSync(path, JSON.stringify({ ...pkg, version }))
  appendFileSync(
    join(copy, "dist/meshfleet.js"),
    `\nimport { appendFileSync as tellWorld } from "node:fs"
tellWorld(process.env.MESHFLEET_WORLD + "/loaded", "${version} " + (process.env.MESHFLEET_ROLE ?? "lead") + "\\n")\n`,
  )
  return packPackage(copy, place).file
}
