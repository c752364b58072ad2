import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const root = join(import.meta.dir, "../..")
// Plain JavaScript for Node: it carries no types.
const { bunPackages, thisMachine } = await import(join(root, "bin/platform-packages.mjs"))
const meshProcess = Bun.which("node")!
const isNewNode = async () => {
  const [major = 0, minor = 0] = (await Bun.$`${meshProcess} --version`.text())
    .slice(1)
    .split(".")
    .map(Number)
  return major > 22 || (major === 22 && minor >= 13)
}
const hasSqlite = await isNewNode()

let folder: string
let children: ChildProcess[]
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "meshfleet-bin-")))
  children = []
  cpSync(join(root, "bin"), join(folder, "bin"), { recursive: true })
  mkdirSync(join(folder, "path"))
})
afterEach(() => {
  for (const child of children) endGroup(child)
  rmSync(folder, { recursive: true, force: true })
})

/** What a launcher has started is in its group, also where it ended without it. */
const endGroup = ({ pid }: ChildProcess) => {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL")
  } catch {
    // All of it has ended.
  }
}

const write = (path: string, text: string) => {
  mkdirSync(join(folder, path, ".."), { recursive: true })
  writeFileSync(join(folder, path), text)
  return join(folder, path)
}
const program = (path: string, text: string) =>
  chmodSync(write(path, `#!/bin/sh\n${text}\n`), 0o755)

/** Large enough to be no placeholder. */
const binary = (says: string) => `echo "${says}" #${"-".repeat(8192)}`

/** What npm installs of Bun for this machine; its package `bun` holds a placeholder where no install script ran. */
const [platformPackage] = bunPackages(thisMachine()) as [string]
const installBun = (modules: string) => {
  program(`${modules}/bun/bin/bun.exe`, "echo placeholder; exit 1")
  program(`${modules}/${platformPackage}/bin/bun`, binary("of the platform: $@"))
  write(`${modules}/${platformPackage}/package.json`, "{}")
}
const link = (target: string, path: string) => {
  mkdirSync(join(folder, path, ".."), { recursive: true })
  symlinkSync(target, join(folder, path))
}

/** The launcher of a package in `folder`, on a machine that has nothing but what lies in `path`. */
const start = (
  args: string[],
  env: Record<string, string> = {},
  cwd = folder,
  launcher = join(folder, "bin/meshfleet.mjs"),
) => {
  const child = spawn(meshProcess, [launcher, ...args], {
    cwd,
    detached: true,
    env: { PATH: `${join(folder, "path")}:/bin:/usr/bin`, HOME: folder, ...env },
  })
  children.push(child)
  let out = ""
  let err = ""
  child.stdout.on("data", (data: Buffer) => (out += data))
  child.stderr.on("data", (data: Buffer) => (err += data))
  return { child, ended: once(child, "close").then(([code]) => ({ code, out, err })) }
}
const run = (...given: Parameters<typeof start>) => start(...given).ended

const bundle = "dist/meshfleet-cli.js"

describe("the launcher", () => {
  test("runs the bundle in a Bun on the PATH, and passes words, code and streams through", async () => {
    const main = write(bundle, "")
    program("path/bun", 'cat; echo "bun $BUN_BE_BUN$@"; echo oops >&2; exit 7')
    const { child, ended } = start(["call", "x", '{"a": "b c"}'])
    child.stdin!.end("from stdin\n")
    expect(await ended).toEqual({
      code: 7,
      out: `from stdin\nbun ${main} call x {"a": "b c"}\n`,
      err: "oops\n",
    })
  })

  test("prefers the package's own Bun, but no placeholder, and a checkout's sources", async () => {
    write(bundle, "")
    program("path/bun", "echo the other")
    program("node_modules/bun/bin/bun.exe", "echo placeholder")
    mkdirSync(join(folder, "node_modules/.bin"))
    symlinkSync("../bun/bin/bun.exe", join(folder, "node_modules/.bin/bun"))
    expect((await run([])).out).toBe("the other\n")
    program("node_modules/bun/bin/bun.exe", binary("own $@"))
    expect((await run([])).out).toBe(`own ${join(folder, bundle)}\n`)
    const source = write("plugin/cli/main.ts", "")
    write("node_modules/zod/package.json", "{}")
    expect((await run([])).out).toBe(`own ${source}\n`)
  })

  test("finds the binary that npm's command, a global one included, would have been", async () => {
    const main = write(bundle, "")
    installBun("prefix/lib/node_modules")
    link("../lib/node_modules/bun/bin/bun.exe", "prefix/bin/bun")
    const { out } = await run([], { PATH: `${join(folder, "prefix/bin")}:/bin:/usr/bin` })
    expect(out).toBe(`of the platform: ${main}\n`)
  })

  test("finds it behind pnpm's command, in the project above the package", async () => {
    installBun("node_modules/.pnpm/bun@1.3.14/node_modules")
    program(
      "node_modules/.bin/bun",
      'basedir=$(dirname "$0")\nexec "$basedir/../.pnpm/bun@1.3.14/node_modules/bun/bin/bun.exe" "$@"',
    )
    const store = "node_modules/.pnpm/opencode-meshfleet@1.0.0/node_modules/opencode-meshfleet"
    cpSync(join(root, "bin"), join(folder, store, "bin"), { recursive: true })
    const main = write(`${store}/${bundle}`, "")
    link(
      ".pnpm/opencode-meshfleet@1.0.0/node_modules/opencode-meshfleet",
      "node_modules/opencode-meshfleet",
    )
    const launcher = join(folder, "node_modules/opencode-meshfleet/bin/meshfleet.mjs")
    expect((await run(["status"], {}, folder, launcher)).out).toBe(
      `of the platform: ${main} status\n`,
    )
  })

  test("runs nothing that lies in the project in which it is called", async () => {
    write(bundle, "console.log('not by that bun')")
    program("shop/node_modules/.bin/bun", binary("the project's"))
    program("path/opencode", "echo OpenCode")
    const { out } = await run([], {}, join(folder, "shop"))
    expect(out).toBe(hasSqlite ? "not by that bun\n" : "OpenCode\n")
  })

  test.skipIf(hasSqlite)("finds OpenCode where its own installer puts it", async () => {
    const main = write(bundle, "")
    program(".opencode/bin/opencode", 'echo "bun? $BUN_BE_BUN $@"')
    expect((await run(["status"])).out).toBe(`bun? 1 ${main} status\n`)
  })

  test("passes signals on and waits for the end they lead to", async () => {
    write(bundle, "")
    program(
      "path/bun",
      // Not `wait`: a shell may miss a signal that comes just before it.
      "trap 'echo \"ended well\"; exit 9' TERM\necho ready\nwhile :; do sleep 0.05; done",
    )
    const { child, ended } = start(["watch"])
    await once(child.stdout!, "data")
    child.kill("SIGTERM")
    expect(await ended).toEqual({ code: 9, out: "ready\nended well\n", err: "" })
  })

  test("is where npm was called, not where npm puts a script", async () => {
    write(bundle, "")
    program("path/bun", 'echo "$(pwd) $PWD"')
    mkdirSync(join(folder, "shop"))
    const shop = join(folder, "shop")
    const npm = { npm_lifecycle_event: "meshfleet", INIT_CWD: shop }
    expect((await run([], npm)).out).toBe(`${shop} ${shop}\n`)
    expect((await run([], { ...npm, npm_lifecycle_event: "test" })).out).toBe(
      `${folder} ${folder}\n`,
    )
    expect((await run([], { INIT_CWD: folder }, shop)).out).toBe(`${shop} ${shop}\n`)
  })

  test.skipIf(!hasSqlite)("without a Bun runs the bundle in a Node that has SQLite", async () => {
    write(bundle, "console.log('here', process.argv.slice(2).join()); process.exitCode = 3")
    expect(await run(["a", "b"])).toEqual({ code: 3, out: "here a,b\n", err: "" })
  })

  test.skipIf(hasSqlite)("without either runs OpenCode as a Bun", async () => {
    const main = write(bundle, "")
    program("path/opencode", 'echo "bun? $BUN_BE_BUN $@"')
    expect((await run(["status"])).out).toBe(`bun? 1 ${main} status\n`)
    program("elsewhere/opencode", "echo the configured one")
    const env = { MESHFLEET_OPENCODE: join(folder, "elsewhere/opencode") }
    expect((await run(["status"], env)).out).toBe("the configured one\n")
  })

  test.skipIf(hasSqlite)("with nothing to run it says what to install", async () => {
    write(bundle, "")
    expect(await run([])).toEqual({
      code: 1,
      out: "",
      err: expect.stringMatching(
        /^Node [\d.]+ has no SQLite, and neither Bun nor OpenCode was found\.\nNext: Install Bun, .+\n$/,
      ),
    })
  })

  test("without a build says how to make one", async () => {
    expect(await run([])).toEqual({
      code: 1,
      out: "",
      err: `There is no ${join(folder, bundle)}.\nNext: Run npm run build in ${folder}.\n`,
    })
  })
})

test("the bundle works in the real OpenCode, acting as a Bun, with the plugin's beside it alone", async () => {
  for (const each of [bundle, "dist/meshfleet.js"]) cpSync(join(root, each), join(folder, each))
  symlinkSync(
    join(root, "node_modules/opencode-ai/bin/opencode.exe"),
    join(folder, "path/opencode"),
  )
  const runtime = hasSqlite ? /Node / : /Bun /
  expect((await run(["version"])).out).toMatch(runtime)
  expect((await run(["agents", "show", "code-reviewer"])).out).toStartWith(
    "code-reviewer (Code Reviewer)\n",
  )
  const { code, out, err } = await run(["status"])
  expect({ code, err }).toEqual({ code: 0, err: "" })
  expect(out).toStartWith(`No fleet has been spawned in ${folder} yet.`)
})
