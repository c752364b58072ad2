import { existsSync, writeFileSync } from "node:fs"
import { delimiter, join } from "node:path"
import { MeshError } from "../mesh/model/errors.ts"
import { userEnvironment } from "../system/mesh-environment.ts"
import type { Env } from "./config/config-places.ts"
import { packageName } from "./config/own-spec.ts"

/** A registry that is slow answers in seconds; the package is one download of some MB. */
const patienceMs = 120_000

/**
 * Installs a version of the package into an empty folder, by npm where there is one and by Bun, or the
 * Bun inside OpenCode, elsewhere: each with the user's own settings of registries and proxies.
 */
export const fetchPackage = async (
  { env, opencode }: { env: Env; opencode: string },
  version: string,
  folder: string,
) => {
  const { execa } = await import("execa")
  const spec = `${packageName}@${version}`
  writeFileSync(join(folder, "package.json"), "{}")
  const npm = onPath("npm", env)
  const bun = onPath("bun", env)
  const [program, args, more] = npm
    ? [npm, ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-online", spec], {}]
    : [
        bun ?? opencode,
        ["add", "--ignore-scripts", "--no-cache", spec],
        bun ? {} : { BUN_BE_BUN: "1" },
      ]
  const result = await execa(program, args, {
    cwd: folder,
    reject: false,
    stdin: "ignore",
    timeout: patienceMs,
    forceKillAfterDelay: 1000,
    extendEnv: false,
    env: { ...userEnvironment(env), ...more },
  })
  if (result.failed || !existsSync(join(folder, "node_modules", packageName, "package.json")))
    throw new MeshError(
      "CONFIG_UNUSABLE",
      `${spec} could not be installed by ${program}: ${lastWords(result.stderr ?? result.shortMessage ?? "")} Nothing was changed.`,
      "See whether the version exists and the registry is in reach (npm view opencode-meshfleet).",
    )
}

const onPath = (name: string, env: Env) =>
  (env["PATH"] ?? "")
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path))

const lastWords = (text: string) => text.trim().split("\n").slice(0, 3).join(" ").slice(0, 400)
