import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { dirname, join, relative } from "node:path"
import { createShell, type RunOptions, type Shell } from "../../support/shell.ts"

let shell: Shell
beforeEach(async () => {
  shell = await createShell()
  mkdirSync(join(shell.project, ".git"))
})
afterEach(() => shell.end())

const at = (path: string) => join(shell.folder, path)
const write = (path: string, text: string, mode = 0o644) => {
  mkdirSync(dirname(at(path)), { recursive: true })
  writeFileSync(at(path), text, { mode })
  chmodSync(at(path), mode)
}
const read = (path: string) => readFileSync(at(path), "utf8")
const run = (argv: string[], options?: RunOptions) => shell.run(argv, options)

/** Every file of the person and the project with its bytes, links as what they name. */
const everything = () =>
  Object.fromEntries(
    readdirSync(shell.folder, { recursive: true, encoding: "utf8" })
      .filter((path) => !/^mesh(\/|$)|^project\/.git/.test(path))
      .toSorted()
      .map((path) => {
        const stat = lstatSync(at(path))
        const mode = (stat.mode & 0o7777).toString(8)
        if (stat.isSymbolicLink()) return [path, "a link"]
        return [path, stat.isDirectory() ? "a folder" : `${mode} ${read(path)}`]
      }),
  )

interface Story {
  files?: () => void
  argv?: string[]
  env?: Record<string, string>
  /** The files that have changed, as they are then. */
  changed: Record<string, string>
}

const created = `{\n  "$schema": "https://opencode.ai/config.json",\n  "plugin": ["opencode-meshfleet"]\n}\n`
const createdTui = created.replace("config.json", "tui.json")

const stories: Record<string, Story> = {
  "no configuration at all": { changed: { "project/opencode.json": created } },
  "none for any project, and a folder that is to be made": {
    argv: ["--global", "--tui"],
    changed: {
      ".config/opencode/opencode.json": created,
      ".config/opencode/tui.json": createdTui,
    },
  },
  JSON: {
    files: () => write("project/opencode.json", '{\n  "model": "x/y"\n}\n'),
    changed: {
      "project/opencode.json": '{\n  "model": "x/y",\n  "plugin": ["opencode-meshfleet"]\n}\n',
    },
  },
  "JSONC with comments and trailing commas": {
    files: () =>
      write(
        "project/.opencode/opencode.jsonc",
        '// Mine\n{\n\t"model": "x/y", // the best\n\t/* for now */ "share": "disabled",\n\t// "plugin": ["old"],\n}\n',
        0o600,
      ),
    changed: {
      "project/.opencode/opencode.jsonc":
        '// Mine\n{\n\t"model": "x/y", // the best\n\t/* for now */ "share": "disabled",\n\t"plugin": ["opencode-meshfleet"],\n\t// "plugin": ["old"],\n}\n',
    },
  },
  "a list of plugins": {
    files: () => {
      write("project/opencode.json", '{ "model": "x/y" }')
      write(
        "project/opencode.jsonc",
        '{\n  "plugin": [\n    ["a", { "b": 1 }],\n    "c@1", // pinned\n  ]\n}',
      )
    },
    changed: {
      "project/opencode.jsonc":
        '{\n  "plugin": [\n    ["a", { "b": 1 }],\n    "c@1", // pinned\n    "opencode-meshfleet",\n  ]\n}',
    },
  },
  "both for all projects and for this one": {
    argv: ["--global"],
    files: () => {
      write("project/opencode.json", '{ "plugin": ["mine"] }')
      write(".config/opencode/config.json", "{}")
      write(".config/opencode/opencode.json", '{ "plugin": ["hidden"] }')
      write(".config/opencode/opencode.jsonc", '{ "plugin": ["counts"] }')
    },
    // OpenCode takes the last of these lists in place of those before it.
    changed: {
      ".config/opencode/opencode.jsonc": '{ "plugin": ["counts", "opencode-meshfleet"] }',
    },
  },
  "another place for all of it": {
    argv: ["--global"],
    env: { XDG_CONFIG_HOME: "elsewhere" },
    files: () => write("elsewhere/opencode/opencode.jsonc", "{}"),
    changed: {
      "elsewhere/opencode/opencode.jsonc": '{\n  "plugin": ["opencode-meshfleet"]\n}',
    },
  },
  "lines that end as in Windows, and a byte order mark": {
    files: () => write("project/opencode.json", '\uFEFF{\r\n    "model": "x/y"\r\n}\r\n'),
    changed: {
      "project/opencode.json":
        '\uFEFF{\r\n    "model": "x/y",\r\n    "plugin": ["opencode-meshfleet"]\r\n}\r\n',
    },
  },
  "dotfiles that are links": {
    argv: ["--global", "--tui"],
    files: () => {
      write("dotfiles/opencode.json", '{\n  "model": "x/y"\n}')
      write("dotfiles/more/tui.json", '{ "theme": "nord" }')
      mkdirSync(at(".config/opencode"), { recursive: true })
      symlinkSync("../../dotfiles/opencode.json", at(".config/opencode/opencode.json"))
      symlinkSync(at("dotfiles/more/tui.json"), at(".config/opencode/tui.json"))
    },
    changed: {
      "dotfiles/opencode.json": '{\n  "model": "x/y",\n  "plugin": ["opencode-meshfleet"]\n}',
      "dotfiles/more/tui.json": '{ "theme": "nord", "plugin": ["opencode-meshfleet"] }',
    },
  },
  "an MCP server of agent-mesh": {
    files: () =>
      write(
        "project/opencode.json",
        '{\n  "mcp": {\n    "agent-mesh": { "type": "local", "command": ["npx", "agent-mesh"] }\n  }\n}\n',
      ),
    changed: {
      "project/opencode.json":
        '{\n  "mcp": {\n    "agent-mesh": { "type": "local", "command": ["npx", "agent-mesh"] }\n  },\n  "plugin": ["opencode-meshfleet"]\n}\n',
    },
  },
  "an empty file": {
    files: () => write("project/opencode.json", ""),
    changed: { "project/opencode.json": created },
  },
}

describe("install and uninstall with", () => {
  for (const [name, { files, argv = [], env = {}, changed }] of Object.entries(stories))
    test(name, async () => {
      files?.()
      const places = Object.fromEntries(Object.entries(env).map(([key, path]) => [key, at(path)]))
      const before = everything()
      expect(await run(["install", ...argv, "--dry-run"], { env: places })).toMatchObject({
        code: 0,
      })
      expect(everything()).toEqual(before)

      const { code, out, err } = await run(["install", ...argv], { env: places })
      expect({ code, err }).toEqual({ code: 0, err: "" })
      const after = everything()
      const different = Object.keys(after).filter(
        (path) => after[path] !== before[path] && after[path] !== "a folder",
      )
      expect(Object.fromEntries(different.map((path) => [path, read(path)]))).toEqual(changed)
      expect(out).toContain("opencode-meshfleet")
      expect(out.includes("agent-mesh")).toBe(name.includes("agent-mesh"))
      for (const path of different) {
        const mode = before[path]?.split(" ")[0]
        if (mode) expect([path, after[path]!.split(" ")[0]]).toEqual([path, mode])
      }

      const again = await run(["install", ...argv], { env: places })
      expect(again.out).toContain("Already in")
      expect(everything()).toEqual(after)

      const gone = await run(["uninstall"], { env: places })
      expect({ code: gone.code, err: gone.err }).toEqual({ code: 0, err: "" })
      expect(everything()).toEqual(before)
      expect((await run(["uninstall"], { env: places })).out).toContain(
        "No configuration names Meshfleet.",
      )
    })
})

const refused: Record<string, { files: () => void; argv?: string[]; says: string; env?: object }> =
  {
    "broken JSON": {
      files: () => write("project/opencode.json", '{\n  "model": "x/y"\n  "share": "auto"\n}\n'),
      says: "opencode.json is not valid JSON: CommaExpected in line 3, column 3",
    },
    "broken JSON in a file that would not be the one to change": {
      files: () => {
        write(".config/opencode/opencode.json", "{")
        write(".config/opencode/opencode.jsonc", '{ "plugin": ["a"] }')
      },
      argv: ["--global"],
      says: "opencode.json is not valid JSON",
    },
    "a plugin that is no list": {
      files: () => write("project/opencode.json", '{ "plugin": "a" }'),
      says: 'has a "plugin" that is no list',
    },
    "another encoding": {
      files: () => writeFileSync(at("project/opencode.json"), Buffer.from("\uFEFF{}", "utf16le")),
      says: "is not encoded as UTF-8",
    },
    "a read-only file": {
      files: () => write("project/opencode.json", "{}", 0o444),
      says: "opencode.json is read-only",
    },
    "a read-only tui.json, the other one being fine": {
      files: () => {
        write("project/opencode.json", "{}")
        write("project/tui.json", "{}", 0o444)
      },
      argv: ["--tui"],
      says: "tui.json is read-only",
    },
    "a read-only folder": {
      files: () => {
        write(".config/opencode/opencode.json", "{}")
        chmodSync(at(".config/opencode"), 0o555)
      },
      argv: ["--global"],
      says: "its folder",
    },
    "a link to nothing": {
      files: () => symlinkSync("nowhere.json", at("project/opencode.json")),
      says: "is a link to nowhere.json, which is not there",
    },
    "a folder of that name": {
      files: () => mkdirSync(at("project/opencode.json")),
      says: "is no file",
    },
    "a switch that makes OpenCode ignore projects": {
      files: () => undefined,
      env: { OPENCODE_DISABLE_PROJECT_CONFIG: "1" },
      says: "OPENCODE_DISABLE_PROJECT_CONFIG is set",
    },
  }

describe("install is refused, and changes nothing, with", () => {
  for (const [name, { files, argv = [], says, env }] of Object.entries(refused))
    test(name, async () => {
      files()
      const before = everything()
      const { code, err } = await run(["install", ...argv], { env: { ...env } })
      expect(code).toBe(1)
      expect(err).toContain("[CONFIG_UNUSABLE]")
      expect(err).toContain(says)
      expect(err).toContain("Nothing was changed.")
      expect(everything()).toEqual(before)
      expect(existsSync(join(shell.home, "installed"))).toBe(false)
      chmodSync(shell.project, 0o755)
      if (existsSync(at(".config/opencode"))) chmodSync(at(".config/opencode"), 0o755)
    })
})

test("what the person changed in between stays, and only our entry goes", async () => {
  const text = '{\n  // mine\n  "model": "x/y", "share": "auto"\n}\n'
  write("project/opencode.json", text)
  await run(["install"])
  const edit = (now: string) => now.replace('"x/y"', '"x/z"').replace("// mine", "// ours\n\t")
  write("project/opencode.json", edit(read("project/opencode.json")))
  await run(["install", "--from", "bundle/meshfleet.js"]).then(({ code }) => expect(code).toBe(1))
  await run(["uninstall"])
  expect(read("project/opencode.json")).toBe(edit(text))
})

test("another plugin that the person added stays", async () => {
  await run(["install", "--tui"])
  write(
    "project/opencode.json",
    read("project/opencode.json").replace('"opencode-meshfleet"', '"opencode-meshfleet", "a"'),
  )
  await run(["uninstall"])
  expect(read("project/opencode.json")).toBe(
    '{\n  "$schema": "https://opencode.ai/config.json",\n  "plugin": ["a"]\n}\n',
  )
  expect(existsSync(at("project/tui.json"))).toBe(false)
})

test("the line that OpenCode writes into a configuration without a schema is no change of the person's", async () => {
  const text = '{"model": "x/y"}'
  write("project/opencode.json", text)
  await run(["install"])
  const now = read("project/opencode.json")
  write(
    "project/opencode.json",
    now.replace(/^\s*\{/, '{\n  "$schema": "https://opencode.ai/config.json",'),
  )
  await run(["uninstall"])
  expect(read("project/opencode.json")).toBe(text)
})

test("a bundle, a folder and a tarball stand in for what is published, and the backup is the first text", async () => {
  write("project/opencode.json", '{ "plugin": ["a"] }')
  write("build/dist/meshfleet.js", "")
  write("build/package.json", '{"name": "opencode-meshfleet", "version": "1.2.3"}')
  write("pack.tgz", "\u001f\u008b")
  writeFileSync(at("pack.tgz"), Buffer.from([0x1f, 0x8b, 8]))
  const { out } = await run(["install", "--tui", "--from", "../build/dist/meshfleet.js"])
  expect(read("project/opencode.json")).toBe(
    `{ "plugin": ["a", "${at("build/dist/meshfleet.js")}"] }`,
  )
  expect(read("project/tui.json")).toContain(at("build/dist/meshfleet-tui.js"))
  expect(readFileSync(/As it was: (.*)/.exec(out)![1]!, "utf8")).toBe('{ "plugin": ["a"] }')
  await run(["install", "--tui", "--from", "../build"])
  expect(read("project/opencode.json")).toBe(`{ "plugin": ["a", "${at("build")}"] }`)
  await run(["install", "--from", relative(shell.project, at("pack.tgz"))])
  expect(read("project/opencode.json")).toBe(
    `{ "plugin": ["a", "opencode-meshfleet@file:${at("pack.tgz")}"] }`,
  )
  // A version that was chosen is not changed in passing.
  expect((await run(["install"])).out).toContain("Already in")
  await run(["uninstall"])
  expect(read("project/opencode.json")).toBe('{ "plugin": ["a"] }')
  expect(existsSync(at("project/tui.json"))).toBe(false)
  for (const [from, says] of [
    ["nowhere", "is not there"],
    ["opencode.json", "is no meshfleet.js"],
    [".", "holds no package.json of opencode-meshfleet"],
  ])
    expect((await run(["install", "--from", from!])).err).toContain(says!)
})

test("a project needs no entry of its own where all projects have one", async () => {
  write(".config/opencode/opencode.json", '{ "plugin": ["opencode-meshfleet@1.0.0"] }')
  const before = everything()
  const { out } = await run(["install"])
  expect(out).toContain(`Already in ${at(".config/opencode/opencode.json")}`)
  expect(everything()).toEqual(before)
})

test("at a terminal the change is shown, and nothing happens without a yes", async () => {
  write("project/opencode.json", "{}")
  for (const stdin of [["n"], [""], []]) {
    const { out, code } = await run(["install"], { isInteractive: true, stdin })
    expect([code, out]).toEqual([0, expect.stringContaining("Nothing was changed.")])
    expect(out).toContain('  +   "plugin": ["opencode-meshfleet"]')
    expect(read("project/opencode.json")).toBe("{}")
  }
  expect((await run(["install"], { isInteractive: true, stdin: ["y"] })).out).toContain("Done.")
  expect(read("project/opencode.json")).toContain("opencode-meshfleet")
  expect((await run(["uninstall", "--yes"], { isInteractive: true })).out).toContain("Done.")
  expect(read("project/opencode.json")).toBe("{}")
})

test("an agent of a fleet may look, and change nothing", async () => {
  for (const command of ["install", "uninstall", "update"])
    expect((await run([command], { insideAgent: true })).err).toContain("[NOT_ALLOWED]")
  expect((await run(["install", "--dry-run"], { insideAgent: true })).code).toBe(0)
  expect(existsSync(at("project/opencode.json"))).toBe(false)
})

test("what is written is for the person alone, and says the same as JSON", async () => {
  write("project/opencode.json", "{}")
  const { out } = await run(["install", "--json"])
  expect(JSON.parse(out)).toEqual({
    applied: true,
    changes: [
      {
        path: at("project/opencode.json"),
        part: "server",
        change: "edit",
        diff: '- {}\n+ {\n+   "plugin": ["opencode-meshfleet"]\n+ }',
      },
    ],
    already: [],
    backups: [expect.stringContaining("before")],
    warnings: [],
  })
  const [backup] = JSON.parse(out).backups
  expect(statSync(backup).mode & 0o777).toBe(0o600)
  expect(statSync(dirname(backup)).mode & 0o777).toBe(0o700)
})
