import { spawn } from "node:child_process"
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, dirname, join, relative } from "node:path"
import { pathsIn } from "../plugin/system/mesh-home.ts"
import { endProcesses, markedProcesses } from "../plugin/system/processes.ts"
import { output, run } from "../test/support/run.ts"

export const root = join(import.meta.dir, "..")
const opencode = join(root, "node_modules/opencode-ai/bin/opencode.exe")
const graceMs = 3000
/** One file of tests takes seconds, also beside a fleet. */
const testMs = 120_000

/**
 * A temporary copy of this repository with nothing but the bundle in `.opencode/plugin`, and the
 * environment in which OpenCode runs there: with `config` in a home of its own, without it in the
 * user's. Every process of it carries a mark by which `end` and the last check find what is left.
 */
export const createWorld = async (config: Record<string, unknown> | undefined) => {
  const folder = mkdtempSync(join(tmpdir(), "meshfleet-demo-"))
  const project = join(folder, "meshfleet")
  const home = join(folder, "mesh")
  await copyRepository(project)
  mkdirSync(join(project, ".opencode/plugin"), { recursive: true })
  cpSync(join(root, "dist/meshfleet.js"), join(project, ".opencode/plugin/meshfleet.js"))
  stubInstall(join(project, ".opencode"))
  if (config) {
    stubInstall(join(folder, "config/opencode"))
    writeFileSync(join(folder, "config/opencode/opencode.json"), JSON.stringify(config))
  }
  await git(project, "init", "-q")
  await git(project, "add", "-A")
  await git(project, ...identity, "commit", "-qm", "The repository as it was copied")

  const env = {
    ...(config ? ownHome(folder) : usersHome()),
    PATH: `${join(root, "node_modules/.bin")}${delimiter}${process.env["PATH"]}`,
    PWD: project,
    MESHFLEET_HOME: home,
    MESHFLEET_DEMO: folder,
  }
  const processes = () => markedProcesses([`MESHFLEET_DEMO=${folder}`])

  return {
    folder,
    project,
    home,
    processes,

    /** `opencode run` in the project; the prompt goes to its standard input. */
    runLead(prompt: string, model: string | undefined) {
      const args = ["--title", "Meshfleet demo", ...(model ? ["--model", model] : [])]
      const child = spawn(opencode, ["run", ...args], {
        cwd: project,
        env,
        stdio: "pipe",
        detached: true,
      })
      let output = ""
      let errors = ""
      child.stdout.on("data", (data: Buffer) => (output += data))
      child.stderr.on("data", (data: Buffer) => (errors += data))
      // A lead that ends at once leaves nobody to read.
      child.stdin.on("error", () => {})
      child.stdin.end(prompt)
      const ended = new Promise<number | string>((resolve, reject) => {
        child.once("error", reject)
        child.once("close", (code, signal) => resolve(code ?? signal ?? "unknown"))
      })
      return { ended, output: () => output.trim(), errors: () => errors.trim() }
    },

    /** What differs from the copied repository. */
    changes: async () =>
      (await git(project, "status", "--porcelain", "--untracked-files=all"))
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => line.slice(3)),

    /** Runs one test file of the project with Bun, apart from whatever the agents said of it. */
    runTest: (file: string) =>
      run(process.execPath, ["test", `./${file}`], {
        cwd: project,
        env: { PATH: env.PATH },
        timeoutMs: testMs,
      }),

    /** The last lines of each log of the mesh. */
    logs: () => {
      const { logs } = pathsIn(home)
      const names = existsSync(logs) ? readdirSync(logs) : []
      return names.map((name) => `${name}\n${tail(join(logs, name))}`).join("\n\n")
    },

    async end({ keep = false } = {}) {
      await endProcesses(processes, graceMs)
      if (!keep) rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type World = Awaited<ReturnType<typeof createWorld>>

const tail = (path: string) => readFileSync(path, "utf8").trim().split("\n").slice(-10).join("\n")

const identity = [
  "-c",
  "user.name=demo",
  "-c",
  "user.email=demo@example.org",
  "-c",
  "commit.gpgsign=false",
  "-c",
  "core.hooksPath=/dev/null",
]

/** What git tracks; all but what is made, where this is no checkout. */
export const copyRepository = async (target: string) => {
  const { status, stdout } = await run("git", ["ls-files", "-z"], { cwd: root })
  if (status !== 0) {
    const made = ["node_modules", "dist", ".git", "tmp"]
    const isSource = (path: string) => !made.includes(relative(root, path).split("/")[0]!)
    return cpSync(root, target, { recursive: true, filter: isSource })
  }
  for (const file of stdout.split("\0")) {
    if (file === "" || !existsSync(join(root, file))) continue
    mkdirSync(dirname(join(target, file)), { recursive: true })
    cpSync(join(root, file), join(target, file))
  }
}

/** A home of its own: nothing of the user's is read or written. */
const ownHome = (folder: string) => ({
  LANG: process.env["LANG"],
  HOME: folder,
  XDG_CONFIG_HOME: join(folder, "config"),
  XDG_DATA_HOME: join(folder, "data"),
  XDG_STATE_HOME: join(folder, "state"),
  XDG_CACHE_HOME: join(folder, "cache"),
  OPENCODE_DISABLE_MODELS_FETCH: "1",
})

/** The user's environment, but not that of a fleet they may have started this from. */
const usersHome = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(MESHFLEET_|OPENCODE_SERVER_|OPENCODE_PID$)/.test(name),
    ),
  )

/** OpenCode would download its plugin package (63 MB) into each folder that seems to lack it. */
const stubInstall = (folder: string) => {
  mkdirSync(join(folder, "node_modules"), { recursive: true })
  const packages = { "": { dependencies: { "@opencode-ai/plugin": "1.18.33" } } }
  const lock = { lockfileVersion: 3, requires: true, packages }
  writeFileSync(join(folder, "package-lock.json"), JSON.stringify(lock))
}

const git = (cwd: string, ...args: readonly string[]) => output("git", args, { cwd })
