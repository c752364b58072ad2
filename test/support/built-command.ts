import { spawn } from "node:child_process"
import { cpSync, mkdirSync, symlinkSync } from "node:fs"
import { delimiter, join } from "node:path"

const root = join(import.meta.dirname, "../..")

/** The command line as a package has it: nothing of the sources, so `npm run build` comes first. */
export const layOutCommand = (folder: string) => {
  mkdirSync(folder, { recursive: true })
  for (const each of ["bin", "dist", "agents", "templates", "package.json"])
    cpSync(join(root, each), join(folder, each), { recursive: true })
  return join(folder, "bin/meshfleet.mjs")
}

/** A path on which the real OpenCode comes first, by its usual name. */
export const pathWithOpenCode = (folder: string) => {
  mkdirSync(folder, { recursive: true })
  symlinkSync(join(root, "node_modules/opencode-ai/bin/opencode.exe"), join(folder, "opencode"))
  return [folder, process.env["PATH"]].join(delimiter)
}

export interface Answer {
  code: number | null
  /** Standard output, then what was said as an error. */
  text: string
  tookMs: number
}

/** Runs a program to its end. */
export const answerOf = async (
  [program, ...args]: readonly [string, ...string[]],
  { cwd, env }: { cwd: string; env: Record<string, string | undefined> },
): Promise<Answer> => {
  const startedAt = performance.now()
  const child = spawn(program, args, {
    cwd,
    env: env as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe"],
  })
  const said = { out: "", error: "" }
  child.stdout.on("data", (data: Buffer) => (said.out += data))
  child.stderr.on("data", (data: Buffer) => (said.error += data))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject)
    child.once("close", resolve)
  })
  return { code, text: said.out + said.error, tookMs: performance.now() - startedAt }
}
