import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { markedProcesses } from "../../../plugin/system/processes.ts"
import { providerConfig } from "../../../scripted-model/provider-config.ts"
import { openTerminal, type Screen } from "../../e2e/support/screen.ts"
import type { Registry } from "./registry.ts"

const root = join(import.meta.dir, "../../..")

/** What the README tells a newcomer to do: the commands of "Install" in order, and what to type then. */
export const readFirstRun = () => {
  const section = readFileSync(join(root, "README.md"), "utf8")
    .split(/^## /m)
    .find((part) => part.startsWith("Install\n"))!
  const [shell, typed] = [...section.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map(
    ([, language, lines]) => ({ language, lines: lines!.trim().split("\n") }),
  )
  if (shell?.language !== "sh" || typed?.language !== "" || typed.lines.length !== 1)
    throw new Error('README.md, "Install": a block of commands, and one line to type, are missing')
  return {
    commands: shell.lines.map((line) => line.replace(/\s+#.*/, "")),
    prompt: typed.lines[0]!,
  }
}

/**
 * A person's machine: Node, npm with this registry as the only one, OpenCode with a model, a desktop, and
 * an empty folder. Nothing of Meshfleet, and nothing that npm or OpenCode would have kept of it.
 */
export const createNewcomer = (registry: Registry, modelUrl: string) => {
  const folder = mkdtempSync(join(tmpdir(), "meshfleet-newcomer-"))
  const home = join(folder, "home")
  const project = join(folder, "fresh")
  const programs = join(folder, "bin")
  const opened = join(folder, "opened")
  for (const each of [project, programs, join(home, ".config/opencode")])
    mkdirSync(each, { recursive: true })
  symlinkSync(join(root, "node_modules/opencode-ai/bin/opencode.exe"), join(programs, "opencode"))
  // The desktop's browser: whoever drives one reads there what it was asked to open.
  for (const name of ["xdg-open", "open"]) {
    writeFileSync(
      join(programs, name),
      `#!/bin/sh\necho "$1" > '${opened}.part' && mv '${opened}.part' '${opened}'\n`,
    )
    chmodSync(join(programs, name), 0o755)
  }
  writeFileSync(join(home, ".npmrc"), registry.npmrc)
  writeFileSync(
    join(home, ".config/opencode/opencode.json"),
    JSON.stringify(providerConfig(modelUrl)),
  )
  const env = {
    HOME: home,
    PATH: [programs, dirname(Bun.which("node")!), "/usr/bin", "/bin"].join(":"),
    LANG: "C.UTF-8",
    // Whatever would leave this machine fails at once.
    HTTP_PROXY: "http://127.0.0.1:9",
    HTTPS_PROXY: "http://127.0.0.1:9",
    NO_PROXY: "127.0.0.1,localhost",
    OPENCODE_DISABLE_MODELS_FETCH: "1",
    MESHFLEET_WORLD: folder,
  }
  const processes = () => markedProcesses([`MESHFLEET_WORLD=${folder}`])
  const terminals: Screen[] = []

  return {
    folder,
    home,
    project,
    /** Another terminal in the folder, with a shell. */
    async terminal() {
      const shell = await openTerminal({
        socket: join(folder, `tmux-${terminals.length}.sock`),
        cwd: project,
        env,
        command: "exec sh",
      })
      terminals.push(shell)
      await shell.until(/[$#]\s*$/)
      return shell
    },
    /** What the browser is asked to show. */
    async link() {
      while (!existsSync(opened)) await sleep(20)
      return readFileSync(opened, "utf8").trim()
    },
    /** What runs still after this time, but the terminals. */
    async untilGone(timeoutMs: number) {
      const giveUpAt = Date.now() + timeoutMs
      while (processes().length > 0 && Date.now() < giveUpAt) await sleep(100)
      return processes()
    },
    async end({ keep = false } = {}) {
      for (const terminal of terminals) await terminal.end()
      for (const pid of processes())
        try {
          process.kill(pid, "SIGKILL")
        } catch {
          // It has just ended.
        }
      if (!keep) rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

export type Newcomer = ReturnType<typeof createNewcomer>
