import { afterEach, beforeEach, expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { readExtras, readOpenCodeSettings } from "../../../plugin/cli/mesh/opencode-settings.ts"

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "meshfleet-settings-"))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const write = (path: string, text: string) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}
const read = (env: Record<string, string> = {}, directory = "project") =>
  readOpenCodeSettings(join(folder, directory), { HOME: folder, ...env }, "build")

test("without any file there is no model, and no agent of the user's", () => {
  expect(read()).toEqual({ model: undefined, agents: [] })
})

test("the nearest file names the model, comments and trailing commas included", () => {
  write(".config/opencode/opencode.json", '{"model": "a/global"}')
  expect(read().model).toBe("a/global")
  write("opencode.json", '{"model": "a/outer"}')
  expect(read().model).toBe("a/outer")
  write("project/opencode.jsonc", '{\n  // ours\n  "model": "a/project",\n}')
  expect(read().model).toBe("a/project")
  write("project/.opencode/opencode.json", '{"model": "a/hidden"}')
  expect(read().model).toBe("a/hidden")
  expect(read({ OPENCODE_CONFIG_CONTENT: '{"model": "a/content"}' }).model).toBe("a/content")
})

test("the default agent's own model comes before the model of all", () => {
  write(
    "project/opencode.json",
    '{"model": "a/all", "agent": {"build": {"model": "a/build/large"}}}',
  )
  expect(read()).toEqual({ model: "a/build/large", agents: ["build"] })
})

test("variables are filled in, and what is no model is left to OpenCode", () => {
  write("project/opencode.json", '{"model": "{env:MODEL}"}')
  expect(read({ MODEL: "a/b" }).model).toBe("a/b")
  expect(read().model).toBeUndefined()
})

test("agents of all files are known, but for those that are disabled", () => {
  write(".config/opencode/opencode.json", '{"agent": {"ours": {}, "plan": {}}}')
  write("project/opencode.json", '{"agent": {"mine": {}, "plan": {"disable": true}}}')
  expect(read().agents).toEqual(["ours", "mine"])
})

test("a broken file counts for as much as can be read of it, and never fails", () => {
  write("project/opencode.json", '{"model": "a/b", "agent": [')
  expect(read()).toEqual({ model: "a/b", agents: [] })
  write("project/opencode.json", "nonsense")
  expect(read()).toEqual({ model: undefined, agents: [] })
})

test("what every OpenCode starts is that of all files together", () => {
  write(
    ".config/opencode/opencode.json",
    '{"mcp": {"a": {"type": "local"}}, "plugin": ["p"], "lsp": true}',
  )
  write("project/opencode.json", '{"mcp": {"b": {"type": "remote"}}, "plugin": ["q"]}')
  expect(readExtras(join(folder, "project"), { HOME: folder })).toEqual({
    mcp: { a: { type: "local" }, b: { type: "remote" } },
    plugin: ["p", "q"],
    lsp: true,
  })
})
