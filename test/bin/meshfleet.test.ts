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

/** The launcher of a package in `folder`, on a machine that has nothing but what lies in `path`. */
const start = (args: string[], env: Record<string, string> = {}, cwd = folder) => {
  const child = spawn(meshProcess, [join(folder, "bin/meshfleet.mjs"), ...args], {
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
    program("node_modules/bun/bin/bun.exe", `echo "own $@" #${"-".repeat(1000)}`)
    expect((await run([])).out).toBe(`own ${join(folder, bundle)}\n`)
    const source = write("plugin/cli/main.ts", "")
    write("node_modules/zod/package.json", "{}")
    expect((await run([])).out).toBe(`own ${source}\n`)
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

test("the bundle works alone in the real OpenCode, acting as a Bun", async () => {
  cpSync(join(root, bundle), join(folder, bundle), { recursive: true })
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
