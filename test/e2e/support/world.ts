import { type ChildProcess, spawn } from "node:child_process"
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { pathsIn } from "../../../plugin/system/mesh-home.ts"
import { markedProcesses } from "../../../plugin/system/processes.ts"
import { providerConfig } from "../../../scripted-model/provider-config.ts"
import { type ScriptedModelOptions, startScriptedModel } from "../../../scripted-model/server.ts"
import { git } from "../../support/run.ts"
import { quickStart } from "../../support/run-opencode.ts"
import { wantedDatabase } from "../../support/postgres.ts"
import { createPuppet } from "./puppet.ts"
import { openRecords } from "./records.ts"
import { openWindow } from "./window.ts"

const root = join(import.meta.dir, "../../..")
const realOpencode = join(root, "node_modules/opencode-ai/bin/opencode.exe")

export interface Run {
  pid: number
  output: () => string
  /** Exit code, or the signal's name. */
  ended: Promise<number | string>
  kill(signal?: NodeJS.Signals): void
}

export interface ProjectOptions {
  /** Merged into the OpenCode configuration of the project. */
  config?: Record<string, unknown>
  /** meshfleet.jsonc of the project. */
  settings?: Record<string, unknown>
  /** Puts the plugin into `.opencode/plugin`; the bundle alone when absent. */
  install?: (folder: string) => void | Promise<void>
  /** More files, by their paths in the project. */
  files?: Record<string, string>
}

export interface WorldOptions extends ProjectOptions {
  agents?: NonNullable<ScriptedModelOptions["agents"]>
  /** Makes the folder of the ledger; otherwise whoever needs it first does. */
  makeHome?: (home: string) => void | Promise<void>
  /** Where the ledger is: a file of that folder, or what the tests' own setting says, when absent. */
  ledger?: string
  /** What is started as OpenCode; the real one when absent. */
  opencode?: string
}

/** These tests have no terminal, and what they start acts as the person all the same. */
export const allowUnattended = (home: string) => {
  mkdirSync(home, { mode: 0o700 })
  writeFileSync(pathsIn(home).unattended, "")
}

/** What `npm run build` made. */
export const bundle = join(root, "dist/meshfleet.js")

/**
 * A home, a project with nothing but dist/meshfleet.js in it, a scripted model, and the real
 * OpenCode. `end` kills by mark and pid whatever is left, also when the test failed.
 */
export const createWorld = async ({
  agents = {},
  makeHome,
  ledger,
  opencode = realOpencode,
  ...options
}: WorldOptions = {}) => {
  if (!existsSync(bundle)) throw new Error("dist/meshfleet.js is missing: npm run build")
  const folder = mkdtempSync(join(tmpdir(), "meshfleet-e2e-"))
  const home = join(folder, "mesh")
  mkdirSync(join(folder, "config/opencode"), { recursive: true })
  await makeHome?.(home)
  stubInstall(join(folder, "config/opencode"))
  const model = await startScriptedModel({ agents })
  const addProject = (name: string, its: ProjectOptions) =>
    createProject(join(folder, name), model.url, its)
  const project = await addProject("project", options)
  const database = ledger === undefined ? await wantedDatabase() : undefined
  const place = ledger ?? database?.address

  const env: Record<string, string | undefined> = {
    PATH: process.env["PATH"],
    HOME: folder,
    XDG_CONFIG_HOME: join(folder, "config"),
    XDG_DATA_HOME: join(folder, "data"),
    XDG_STATE_HOME: join(folder, "state"),
    XDG_CACHE_HOME: join(folder, "cache"),
    OPENCODE_DISABLE_MODELS_FETCH: "1",
    ...quickStart,
    MESHFLEET_HOME: home,
    MESHFLEET_LEDGER: place,
    MESHFLEET_WORLD: folder,
    MESHFLEET_DRIVER: process.env["MESHFLEET_DRIVER"],
    // A lead starts its hosts with its own binary; one that is a script has to name itself.
    ...(opencode !== realOpencode && {
      MESHFLEET_OPENCODE: opencode,
      MESHFLEET_BUN: process.execPath,
    }),
    PWD: project,
  }
  const children = new Set<ChildProcess>()
  const records = openRecords(home, place ?? join(home, "mesh.db"), model)

  const start = (args: readonly string[], more: Record<string, string> = {}): Run => {
    const child = spawn(opencode, args, {
      cwd: more["PWD"] ?? project,
      env: { ...env, ...more },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    })
    children.add(child)
    let output = ""
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (data: Buffer) => (output += data))
    return {
      pid: child.pid!,
      output: () => output,
      ended: new Promise((resolve, reject) => {
        child.once("error", reject)
        child.once("exit", (code, signal) => {
          children.delete(child)
          resolve(code ?? signal ?? "unknown")
        })
      }),
      kill: (signal = "SIGKILL") => process.kill(child.pid!, signal),
    }
  }

  /** Every process that carries this world's mark, by its environment. */
  const processes = () => markedProcesses([`MESHFLEET_WORLD=${folder}`])

  const world = {
    folder,
    project,
    home,
    env,
    model,
    opencode,
    start,
    processes,
    /** One more project of the same user. Returns its folder. */
    addProject,
    /** `opencode run` with this prompt, as the scripted agent `as`. */
    run: (prompt: string, as = "lead", more: Record<string, string> = {}) =>
      start(["run", "--title", as, `[[as:${as}]] ${prompt}`], more),

    /** An OpenCode that stays open; its environment is `more` over the world's. */
    window: (more: Record<string, string> = {}) =>
      openWindow({ project, model, report: records.report, start }, more),

    /** A member whose turns the test decides. */
    member: (name: string) => {
      const puppet = createPuppet(name, records.report)
      model.script(name, [puppet.step])
      return puppet
    },

    write: (path: string, text: string) => writeFileSync(path, text),
    ...records,

    /** A shell command of an agent tells by a file how far it is. */
    async untilFile(path: string, timeoutMs = 120_000) {
      const giveUpAt = Date.now() + timeoutMs
      while (!existsSync(path)) {
        if (Date.now() > giveUpAt) throw new Error(`${path} did not appear within ${timeoutMs} ms`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      return readFileSync(path, "utf8")
    },

    /** A shell command of an agent that tells when it runs, and runs until the test opens the gate. */
    gate(name: string) {
      const [reached, opened] = ["reached", "opened"].map((each) =>
        join(project, `${name}.${each}`),
      ) as [string, string]
      return {
        command: `touch ${reached}; until [ -e ${opened} ]; do sleep 0.1; done`,
        reached: () => world.untilFile(reached),
        open: () => writeFileSync(opened, ""),
      }
    },

    /** Resolves when no process of this world is left but those named. */
    async untilGone(timeoutMs: number, but: readonly number[] = []) {
      const giveUpAt = Date.now() + timeoutMs
      while (processes().some((pid) => !but.includes(pid))) {
        if (Date.now() > giveUpAt) return processes().filter((pid) => !but.includes(pid))
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      return []
    },

    async end({ keep = false } = {}) {
      for (const pid of processes())
        try {
          process.kill(pid, "SIGKILL")
        } catch {
          // It has just ended.
        }
      for (const child of children) child.kill("SIGKILL")
      await world.untilGone(5000)
      await model.close()
      await records.close()
      await database?.drop()
      if (!keep) rmSync(folder, { recursive: true, force: true })
    },
  }
  return world
}

export type World = Awaited<ReturnType<typeof createWorld>>

const createProject = async (
  project: string,
  modelUrl: string,
  {
    config = {},
    settings,
    install = (folder) => cpSync(bundle, join(folder, "meshfleet.js")),
    files = {},
  }: ProjectOptions,
) => {
  mkdirSync(join(project, ".opencode/plugin"), { recursive: true })
  await install(join(project, ".opencode/plugin"))
  stubInstall(join(project, ".opencode"))
  const texts = {
    "opencode.json": JSON.stringify(providerConfig(modelUrl, config)),
    "README.md": "# A project\n",
    ...(settings && { ".opencode/meshfleet.jsonc": JSON.stringify(settings) }),
    ...files,
  }
  for (const [path, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(project, path)), { recursive: true })
    writeFileSync(join(project, path), text)
  }
  await git(project, "init", "-q")
  await git(project, "add", ".")
  await git(project, "commit", "-qm", "start")
  return project
}

/** Tells OpenCode that its plugin package is there; it would download 63 MB, or wait for a network. */
const stubInstall = (folder: string) => {
  mkdirSync(join(folder, "node_modules"), { recursive: true })
  const packages = { "": { dependencies: { "@opencode-ai/plugin": "1.18.33" } } }
  writeFileSync(
    join(folder, "package-lock.json"),
    JSON.stringify({ lockfileVersion: 3, requires: true, packages }),
  )
}
