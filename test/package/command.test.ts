import { afterAll, beforeAll, expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import type { PluginModule } from "@opencode-ai/plugin"
import type { TuiPluginModule } from "@opencode-ai/plugin/tui"
import { version } from "../../package.json"
import type published from "../../types/plugin.d.ts"
import type publishedTui from "../../types/tui.d.ts"
import { run } from "../support/run.ts"
import { type Registry, startRegistry } from "./support/registry.ts"
import { type Npm, npmWith, packThis } from "./support/versions.ts"

// What is published as types fits OpenCode's own, and is what the plugin has: tsc looks at this.
type Fits<Wanted, Given extends Wanted> = Given
export type Checked = [
  Fits<PluginModule, typeof published>,
  Fits<TuiPluginModule, typeof publishedTui>,
  Fits<typeof published, (typeof import("../../plugin/meshfleet.ts"))["default"]>,
]

const root = join(import.meta.dir, "../..")
let folder: string
let registry: Registry
let npm: Npm

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "meshfleet-command-"))
  registry = await startRegistry()
  npm = npmWith(registry, folder)
  await npm.run(["publish", await packThis(folder), "--tag", "latest"])
  // A machine with Node, npm and OpenCode.
  mkdirSync(join(folder, "path"))
  const opencode = join(root, "node_modules/opencode-ai/bin/opencode.exe")
  symlinkSync(opencode, join(folder, "path/opencode"))
  npm.env.PATH = [join(folder, "path"), dirname(Bun.which("node")!), "/usr/bin", "/bin"].join(":")
})
afterAll(async () => {
  await registry?.end()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

const makeFolder = (name: string) => {
  mkdirSync(join(folder, name))
  return join(folder, name)
}
const inFolder = (cwd: string, program: string, ...args: string[]) =>
  run(program, args, { cwd, env: npm.env })

test("npx runs it by the package's name, where nothing is installed", async () => {
  const args = ["--yes", "--registry", registry.url, "opencode-meshfleet", "--help"]
  const { status, stdout, stderr } = await inFolder(makeFolder("empty"), "npx", ...args)
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" })
  expect(stdout).toContain("meshfleet status")
})

test("installed globally it is a command", async () => {
  const prefix = makeFolder("prefix")
  await npm.run(["install", "--global", "--prefix", prefix, "opencode-meshfleet"])
  const command = join(prefix, "bin/meshfleet")
  const { status, stdout } = await inFolder(folder, command, "--version")
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: expect.stringContaining(`meshfleet ${version} (`),
  })
})

test("in a project it knows its specialists, and everything that it exports is there", async () => {
  const project = makeFolder("project")
  writeFileSync(join(project, "package.json"), "{}")
  await npm.run(["install", "opencode-meshfleet"], project)
  const command = join(project, "node_modules/.bin/opencode-meshfleet")
  const shown = await inFolder(project, command, "agents", "show", "code-reviewer")
  expect(shown.stdout).toStartWith("code-reviewer (Code Reviewer)\n")
  const names = [
    ...["", "/server", "/tui", "/schema.json", "/package.json"],
    ...["/agents/code-reviewer.md", "/templates/refactor.yaml"],
  ]
  const look = `
    import { existsSync } from "node:fs"
    import { fileURLToPath } from "node:url"
    const paths = ${JSON.stringify(names)}.map((name) => import.meta.resolve("opencode-meshfleet" + name))
    console.log(paths.map((path) => existsSync(fileURLToPath(path))).join())`
  const { stdout } = await inFolder(project, "node", "--input-type=module", "--eval", look)
  expect(stdout).toBe(`${names.map(() => true).join()}\n`)
})
