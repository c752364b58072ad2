import { afterAll, beforeAll, expect, test } from "bun:test"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { version } from "../../package.json"
import { openScreen, type Screen } from "../e2e/support/screen.ts"
import type { World } from "../e2e/support/world.ts"
import { type Registry, startRegistry } from "./support/registry.ts"
import { createUser, versionIn } from "./support/user.ts"
import { npmWith, packThis } from "./support/versions.ts"

let folder: string
let registry: Registry
let world: World
let screen: Screen

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "meshfleet-package-"))
  registry = await startRegistry()
  const npm = npmWith(registry, folder)
  await npm.run(["publish", await packThis(folder), "--tag", "latest"])
})
afterAll(async () => {
  await screen?.end()
  await world?.end()
  await registry?.end()
  rmSync(folder, { recursive: true, force: true })
})

test.skipIf(!Bun.which("tmux"))("by name in tui.json it is in OpenCode's screen", async () => {
  world = await createUser(registry, "opencode-meshfleet", {
    files: { ".opencode/tui.json": JSON.stringify({ plugin: ["opencode-meshfleet"] }) },
  })
  screen = await openScreen(world)
  await screen.until("Ask anything")
  await screen.type("/fleets")
  await screen.until("Watch and steer")
  await screen.press("Enter")
  await screen.until(/[Nn]o fleet/)
  expect(versionIn(world, "opencode-meshfleet@latest")).toBe(version)
})
