import { spawn } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { output } from "./run.ts"

/**
 * A story ends before its code is hot: without the compiler for hot code a start of OpenCode and its
 * first turn take 4.8 s of the processor instead of 5.5 s. Measurements start it as a person does.
 */
export const quickStart: Record<string, string> =
  process.env["NODE_ENV"] === "test" ? { BUN_JSC_useFTLJIT: "0" } : {}

const installed = join(import.meta.dirname, "../../node_modules/.bin/opencode")
const binary = existsSync(installed) ? installed : process.env.OPENCODE_BIN

/** Tells OpenCode that its plugin package is there; it would download 63 MB, or wait for a network. */
const stubPluginInstall = (folder: string) => {
  mkdirSync(join(folder, "node_modules"), { recursive: true })
  const packages = { "": { dependencies: { "@opencode-ai/plugin": "1.18.33" } } }
  const lock = { lockfileVersion: 3, requires: true, packages }
  writeFileSync(join(folder, "package-lock.json"), JSON.stringify(lock))
}

/** A home and a project of their own. The folder is kept unless `remove` is called. */
export const createScratch = async (config: object) => {
  const root = mkdtempSync(join(tmpdir(), "scripted-model-"))
  const project = join(root, "project")
  mkdirSync(join(project, ".opencode"), { recursive: true })
  mkdirSync(join(root, "config/opencode"), { recursive: true })
  for (const folder of [join(root, "config/opencode"), join(project, ".opencode")]) {
    stubPluginInstall(folder)
  }
  writeFileSync(join(project, "opencode.json"), JSON.stringify(config))
  await output("git", ["init", "-q", project])
  const env = {
    PATH: process.env.PATH,
    HOME: root,
    ...quickStart,
    XDG_CONFIG_HOME: join(root, "config"),
    XDG_DATA_HOME: join(root, "data"),
    XDG_STATE_HOME: join(root, "state"),
    XDG_CACHE_HOME: join(root, "cache"),
    OPENCODE_DISABLE_MODELS_FETCH: "1",
    // `opencode run` works in $PWD, whatever its cwd is.
    PWD: project,
  }
  return { root, project, env, remove: () => rmSync(root, { recursive: true, force: true }) }
}

export interface Finished {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs the real OpenCode to its end; nothing of its process group is left, however it ends. */
export const runOpencode = async (
  args: readonly string[],
  { project, env }: Awaited<ReturnType<typeof createScratch>>,
  timeoutMs: number,
): Promise<Finished> => {
  if (!binary) throw new Error("No opencode: run npm ci, or set OPENCODE_BIN.")
  const child = spawn(binary, args, {
    cwd: project,
    env,
    detached: true,
    // With an open pipe as stdin it would wait for a prompt for ever.
    stdio: ["ignore", "pipe", "pipe"],
  })
  const output = { stdout: "", stderr: "" }
  child.stdout.on("data", (data: Buffer) => (output.stdout += data.toString()))
  child.stderr.on("data", (data: Buffer) => (output.stderr += data.toString()))
  const killGroup = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL")
    } catch {
      // The group is already gone.
    }
  }
  const timer = setTimeout(killGroup, timeoutMs)
  try {
    const { promise, resolve, reject } = Promise.withResolvers<number | null>()
    child.once("error", reject)
    child.once("close", resolve)
    return { code: await promise, ...output }
  } finally {
    clearTimeout(timer)
    killGroup()
  }
}
