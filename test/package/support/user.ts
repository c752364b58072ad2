import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createWorld, type World, type WorldOptions } from "../../e2e/support/world.ts"
import type { Registry } from "./registry.ts"

/** Where OpenCode 1.18 keeps what it installed by this name; it looks nowhere else, and fetches it once. */
export const cached = (world: World, spec: string) =>
  join(world.folder, "cache/opencode/packages", spec)

export const versionIn = (world: World, spec: string): string =>
  JSON.parse(
    readFileSync(join(cached(world, spec), "node_modules/opencode-meshfleet/package.json"), "utf8"),
  ).version

/** A user whose npm knows this registry alone, and whose OpenCode has nothing but the plugin's name. */
export const createUser = async (registry: Registry, spec: string, options: WorldOptions = {}) => {
  const world = await createWorld({
    ...options,
    config: { plugin: [spec] },
    settings: { linger_ms: 500 },
    install: () => undefined,
  })
  writeFileSync(join(world.folder, ".npmrc"), registry.npmrc)
  // Whatever would leave this machine fails at once.
  Object.assign(world.env, {
    HTTP_PROXY: "http://127.0.0.1:9",
    HTTPS_PROXY: "http://127.0.0.1:9",
    NO_PROXY: "127.0.0.1,localhost",
  })
  return world
}
