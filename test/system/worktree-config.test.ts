import { afterEach, beforeEach, expect, test } from "bun:test"
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { configOfTree, makeTreeConfig, treeConfigFor } from "../../plugin/system/worktree-config.ts"

let folder: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "meshfleet-tree-config-")))
  for (const each of ["shop/web", "mesh/worktrees/flt_1/ada/web"])
    mkdirSync(join(folder, each), { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const shop = (path: string) => join(folder, "shop", path)
const tree = (path = "") => join(folder, "mesh/worktrees/flt_1/ada", path)
const made = (path: string) => join(configOfTree(tree()), path)
const put = (path: string, text: string) => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
const both = (path: string, text: string) => {
  put(shop(path), text)
  put(tree(path), text)
}
const make = (subfolder = "", env = {}) =>
  makeTreeConfig({
    project: join(folder, "shop"),
    tree: tree(),
    subfolder,
    global: join(folder, "global"),
    env: { HOME: folder, ...env },
  })
const settings = () => {
  const { $schema: _, ...rest } = JSON.parse(readFileSync(made("opencode.json"), "utf8"))
  return rest
}

test("a tree that has all there is gets nothing", async () => {
  both("opencode.json", '{ "model": "a/b" }')
  both(".opencode/agent/mine.md", "Be mine.")
  both("AGENTS.md", "Rules.")
  await make()
  expect(existsSync(dirname(configOfTree(tree())))).toBe(false)
  expect(treeConfigFor(join(folder, "mesh"), tree("web"))).toBeUndefined()
})

test("what the tree lacks is linked, and found from every folder in it", async () => {
  put(shop(".opencode/agent/team/mine.md"), "Be mine.")
  put(shop(".opencode/tool/shout.ts"), "export {}")
  put(shop(".opencode/meshfleet.jsonc"), "{}")
  put(shop(".opencode/node_modules/big/index.js"), "")
  await make()
  expect(readdirSync(configOfTree(tree())).toSorted()).toEqual([
    "agent",
    "meshfleet.jsonc",
    "node_modules",
    "opencode.json",
    "package-lock.json",
    "tool",
  ])
  expect(readFileSync(made("agent/team/mine.md"), "utf8")).toBe("Be mine.")
  expect(readdirSync(made("node_modules"))).toEqual([])
  for (const path of ["", "web"])
    expect(treeConfigFor(join(folder, "mesh"), tree(path))).toBe(configOfTree(tree()))
  expect(treeConfigFor(join(folder, "mesh"), shop("web"))).toBeUndefined()
})

test("texts that differ are those of the project, code that the tree has is not loaded twice", async () => {
  both(".opencode/agent/mine.md", "Be mine.")
  both(".opencode/plugin/log.ts", "export {}")
  put(shop(".opencode/agent/mine.md"), "Be mine, and edit nothing.")
  put(shop(".opencode/plugin/log.ts"), "export { }")
  put(shop(".opencode/plugin/new.ts"), "export {}")
  await make()
  expect(readFileSync(made("agent/mine.md"), "utf8")).toBe("Be mine, and edit nothing.")
  expect(readdirSync(made("plugin"))).toEqual(["new.ts"])
})

test("denials of all layers hold, the inner layer last", async () => {
  put(shop("opencode.jsonc"), '{ "permission": "ask", /* why */ "model": "a/b", }')
  put(shop("web/opencode.json"), '{ "permission": { "bash": "deny" }, "model": "a/c" }')
  await make("web")
  expect(settings()).toMatchObject({ permission: { "*": "ask", bash: "deny" }, model: "a/c" })
  await make()
  expect(settings()).toMatchObject({ permission: { "*": "ask" }, model: "a/b" })
})

test("what a configuration names beside itself is found there", async () => {
  put(
    shop("opencode.json"),
    JSON.stringify({
      provider: { a: { options: { apiKey: "{file:./key}", other: "{file:/etc/key}{env:KEY}" } } },
      plugin: ["./one.ts", ["../two.ts", { a: 1 }], "npm-package"],
      instructions: ["docs/*.md", "gone.md", "https://example.org/x.md"],
    }),
  )
  put(shop("docs/private.md"), "Private.")
  both("one.ts", "export {}")
  await make()
  expect(settings()).toEqual({
    provider: {
      a: { options: { apiKey: `{file:${shop("key")}}`, other: "{file:/etc/key}{env:KEY}" } },
    },
    plugin: [tree("one.ts"), [join(folder, "two.ts"), { a: 1 }], "npm-package"],
    instructions: ["docs/*.md", "gone.md", "https://example.org/x.md", shop("docs/*.md")],
  })
})

test("rules for agents are those OpenCode would read in the project", async () => {
  put(shop("AGENTS.md"), "Rules.")
  put(shop("web/CLAUDE.md"), "Others.")
  await make("web")
  expect(settings()).toEqual({ instructions: [shop("AGENTS.md")] })
  rmSync(shop("AGENTS.md"))
  await make("web")
  expect(settings()).toEqual({ instructions: [shop("web/CLAUDE.md")] })
  await make("web", { OPENCODE_DISABLE_CLAUDE_CODE: "1" })
  expect(existsSync(configOfTree(tree()))).toBe(false)
})

test("skills that lie beside, for other tools too, are among them unless the user wants none", async () => {
  put(shop(".claude/skills/one/SKILL.md"), "One.")
  put(shop("web/.agents/skills/two/SKILL.md"), "Two.")
  await make("web")
  expect(readdirSync(made("skills")).toSorted()).toEqual(["one", "two"])
  await make("web", { OPENCODE_DISABLE_CLAUDE_CODE_SKILLS: "1" })
  expect(readdirSync(made("skills"))).toEqual(["two"])
  await make("web", { OPENCODE_DISABLE_EXTERNAL_SKILLS: "1" })
  expect(existsSync(configOfTree(tree()))).toBe(false)
})

test("the user's own rules are in it, as OpenCode looks for them there", async () => {
  put(join(folder, "global/AGENTS.md"), "Habits.")
  put(shop("opencode.json"), "{}")
  await make()
  expect(readFileSync(made("AGENTS.md"), "utf8")).toBe("Habits.")
})

test("what the user has for all projects counts after the project's, a folder he named the last", async () => {
  const env = { OPENCODE_CONFIG_DIR: join(folder, "own"), HOME: join(folder, "home") }
  const asked = { edit: "ask", read: "ask" }
  put(join(folder, "home/.opencode/opencode.json"), JSON.stringify({ permission: asked }))
  put(join(folder, "own/agent/mine.md"), "Be the user's.")
  put(join(folder, "own/opencode.json"), '{ "permission": { "edit": "deny" } }')
  put(shop(".opencode/agent/mine.md"), "Be mine.")
  put(shop("opencode.json"), '{ "permission": { "edit": "allow", "read": "allow" } }')
  await make("", env)
  expect(readFileSync(made("agent/mine.md"), "utf8")).toBe("Be the user's.")
  expect(settings()["permission"]).toEqual({ edit: "deny", read: "ask" })
})

test("a user who wants no project's configuration gets none", async () => {
  put(shop("opencode.json"), "{}")
  await make("", { OPENCODE_DISABLE_PROJECT_CONFIG: "true" })
  expect(existsSync(configOfTree(tree()))).toBe(false)
})

test("a configuration that cannot be read is a failure, as it may hold denials", async () => {
  put(shop("opencode.json"), '{ "permission": ')
  await expect(make()).rejects.toThrow("opencode.json is not valid JSON")
})
